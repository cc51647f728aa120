"""What is read for clusters: the reports of a time, how many there usually are, and which incidents a cluster has."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from incidents.lifecycle import Status
from incidents.models import Category, Incident, IncidentQuerySet, Involvement, rules
from problems.clustering import DAYS, Key, Kind, Past, Report, Rule, day_before, keys_of
from problems.models import Cluster, ClusterQuerySet, Link
from tenancy.members import Member

# What nobody decided about is shown for so long after the last of its incidents.
SHOWN_FOR = timedelta(days=7)
# So many incidents are looked at for a page, of all its clusters.
MOST = 5000
_COLUMNS = ("id", "reported_at", "reporter_id", "service_id", "category_id", "error_code", "title")


def rule() -> Rule:
    """The organisation's."""
    own = rules()
    return Rule(own.cluster_hours, own.cluster_least, own.cluster_times)


def _counted() -> IncidentQuerySet:
    """What is counted without asking who looks: restricted incidents are not, nor what was cancelled."""
    return Incident.objects.filter(restricted=False).exclude(status=Status.CANCELLED)


def is_quiet_since(at: datetime) -> bool:
    """Whether nothing was reported or changed since: what is classified later may make a cluster, too."""
    return not Incident.objects.filter(updated_at__gt=at).exists()


def reports_of(at: datetime, limits: Rule) -> list[Report]:
    """What was reported in the hours until now, and has no problem yet."""
    fresh = _counted().filter(reported_at__gt=at - limits.window, reported_at__lte=at, problem_links=None)
    return [Report(*columns) for columns in fresh.order_by("reported_at", "id").values_list(*_COLUMNS)]


def past_of(keys: Collection[Key], at: datetime, limits: Rule) -> Past:
    """What there was on each of the days before, in the same hours and of the same services: one statement for all."""
    if not keys:
        return Past()
    counts, totals = {key: [0] * DAYS for key in keys}, [0] * DAYS
    ends = [at - timedelta(days=days) for days in range(1, DAYS + 1)]
    spans = [Q(reported_at__gt=end - limits.window, reported_at__lte=end) for end in ends]
    before = _counted().filter(reduce(or_, spans), _of_services({key.service_id for key in keys}))
    for columns in before.order_by().values_list(*_COLUMNS).iterator():
        report = Report(*columns)
        if days := day_before(at, report.at, limits):
            totals[days - 1] += 1
            for key in keys_of(report):
                if key in counts:
                    counts[key][days - 1] += 1
    return Past(counts, totals)


def _of_services(ids: set[int | None]) -> Q:
    named = Q(service__in=ids - {None})
    return named | Q(service=None) if None in ids else named


def waiting(member: Member, at: datetime) -> ClusterQuerySet:
    """The clusters that somebody has to decide about, the latest first."""
    seen = Cluster.objects.all().visible_to(member).open().filter(last_seen__gt=at - SHOWN_FOR)
    return seen.select_related("service", "category", "problem").order_by("-last_seen", "-id")


def key_of(cluster: Cluster) -> Key:
    """What its incidents share."""
    return Key(Kind(cluster.kind), cluster.service_id, cluster.value)


def apart(found: Iterable[Cluster]) -> list[Cluster]:
    """Without those that another one, seen as late, has among its reasons: they had not been the same before."""
    shown = list(found)
    told = {Key(Kind(kind), one.service_id, value): one for one in shown for kind, value in one.reasons}
    seen = {one.pk: told[key_of(one)].last_seen for one in shown if key_of(one) in told}
    return [one for one in shown if one.pk not in seen or seen[one.pk] < one.last_seen]


def incidents_of(clusters: Iterable[Cluster], member: Member) -> dict[int, list[Incident]]:
    """For each cluster, its incidents that the member may see, the newest first: one statement for all.

    Of one that waits for a decision these are the incidents without a problem.
    """
    shown = list(clusters)
    found: dict[int, list[Incident]] = {one.pk: [] for one in shown}
    if not shown:
        return found
    window = rule().window
    seen = Incident.objects.for_desk(member).exclude(status=Status.CANCELLED)
    linked = Exists(Link.objects.filter(incident=OuterRef("pk")))
    likely: Any = seen.filter(reduce(or_, (_likely(one, window) for one in shown))).annotate(is_caused=linked)
    for incident in likely.select_related("reporter", "service", "category").order_by("-reported_at", "-id")[:MOST]:
        keys = set(keys_of(_report(incident)))
        for one in shown:
            fits = not incident.is_caused or one.state != Cluster.State.OPEN
            if fits and key_of(one) in keys and one.first_seen <= incident.reported_at <= one.last_seen + window:
                found[one.pk].append(incident)
    return found


def _likely(cluster: Cluster, window: timedelta) -> Q:
    """What may belong to it; of words the database knows only that they stand somewhere in the title."""
    shared = {
        Kind.CODE: Q(error_code__icontains=cluster.value),
        Kind.CATEGORY: Q(category=cluster.category_id),
        Kind.WORD: Q(title__icontains=cluster.value),
    }[Kind(cluster.kind)]
    until = cluster.last_seen + window
    waits = Q(problem_links=None) if cluster.state == Cluster.State.OPEN else Q()
    return shared & waits & Q(service=cluster.service_id, reported_at__gte=cluster.first_seen, reported_at__lte=until)


def _report(incident: Incident) -> Report:
    return Report(
        incident.pk,
        incident.reported_at,
        incident.reporter_id,
        incident.service_id,
        incident.category_id,
        incident.error_code,
        incident.title,
    )


def people_of(found: dict[int, list[Incident]]) -> dict[int, int]:
    """For each cluster, how many people reported it or are affected."""
    ids = {incident.pk for those in found.values() for incident in those}
    affected: dict[int, set[int]] = {}
    involved = Involvement.objects.filter(incident__in=ids, part=Involvement.Part.AFFECTED)
    for incident_id, person_id in involved.values_list("incident_id", "membership_id"):
        affected.setdefault(incident_id, set()).add(person_id)
    people = {
        cluster_id: {one.reporter_id for one in those}.union(*(affected.get(one.pk, set()) for one in those))
        for cluster_id, those in found.items()
    }
    return {cluster_id: len(those) for cluster_id, those in people.items()}


def category_names(clusters: Iterable[Cluster]) -> dict[str, str]:
    """The names of the categories that clusters share besides what says most."""
    ids = {value for one in clusters for kind, value in one.reasons if kind == Kind.CATEGORY}
    found = Category.objects.filter(pk__in=ids).values_list("pk", "name") if ids else []
    return {str(pk): name for pk, name in found}


def shared_by(cluster: Cluster, incidents: list[Incident], names: Mapping[str, str]) -> list[tuple[Kind, str]]:
    """What its incidents share, as people write it, what says most first."""
    main = (cluster.kind, value_of(cluster, incidents))
    others = [(kind, names.get(value, "") if kind == Kind.CATEGORY else value) for kind, value in cluster.reasons]
    return [(kind, value) for kind in Kind for of, value in (main, *others) if of == kind and value]


def value_of(cluster: Cluster, incidents: list[Incident]) -> str:
    """What says most of what its incidents share, as people write it."""
    match cluster.kind:
        case Kind.CATEGORY:
            return cluster.category.name if cluster.category else ""
        case Kind.CODE:  # as people write it, which is not how it is compared
            return incidents[0].error_code.strip() if incidents else cluster.value
    return cluster.value


def growth_of(cluster: Cluster) -> float:
    """How many times as many as usual, in the hours until it was last seen; where none are usual, one is."""
    return cluster.count / max(1.0, cluster.usual)
