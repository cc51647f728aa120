"""Readings that span several models: how many a problem hits, whom a broadcast reaches, the trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from incidents.lifecycle import OPEN, HoldReason, Status
from incidents.models import Hypothesis, Incident, IncidentQuerySet, Involvement
from problems.analysis import Belief, Loss, loss
from problems.models import Evidence, Link, Problem, ProblemQuerySet, Statement
from problems.vocabulary import enough_of, telling_words
from tenancy.members import Member
from tenancy.models import TrailEntry


@dataclass(frozen=True, slots=True)
class Hit:
    """How many incidents and people a problem hits."""

    incidents: int = 0
    open: int = 0
    people: int = 0


def hits(problems: Iterable[Problem], member: Member) -> dict[int, Hit]:
    """For each problem, of the incidents that the member may see."""
    seen = Link.objects.filter(problem__in=[one.pk for one in problems]).visible_to(member)
    counted = (
        seen.order_by()
        .values("problem")
        .annotate(
            incidents=Count("incident", distinct=True),
            open=Count("incident", distinct=True, filter=Q(incident__status__in=sorted(OPEN))),
        )
    )
    found = {one["problem"]: (one["incidents"], one["open"]) for one in counted}
    people = _people(seen)
    return {number: Hit(*counts, len(people.get(number, ()))) for number, counts in found.items()}


def _people(links: "QuerySet[Link]") -> dict[int, set[int]]:
    """Whoever reported or is affected, by problem."""
    found: dict[int, set[int]] = {}
    reporters = links.order_by().values_list("problem_id", "incident__reporter_id")
    involved = links.order_by().filter(incident__involvements__part=Involvement.Part.AFFECTED)
    affected = involved.values_list("problem_id", "incident__involvements__membership_id")
    for problem_id, person_id in reporters.union(affected):
        found.setdefault(problem_id, set()).add(person_id)
    return found


def linked_to(problem: Problem, member: Member) -> "QuerySet[Link]":
    """Its links that the member may see, the open incidents first."""
    seen = problem.links.all().visible_to(member)
    return seen.select_related("incident__reporter", "incident__assignee").order_by("incident__priority", "incident_id")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom telling the workaround now would reach: incidents that were not told yet, and their reporters."""

    incidents: list[Incident]
    people: list[str]
    unseen: int
    """Incidents that are told, too, but that the member may not see."""


def reach(problem: Problem, member: Member) -> Reach:
    """Who is told the workaround if it is broadcast now."""
    waiting = problem.links.filter(incident__status__in=sorted(OPEN), told_edition__lt=problem.workaround_edition)
    seen = list(waiting.visible_to(member).select_related("incident__reporter"))
    people = sorted({one.incident.reporter.name for one in seen})
    return Reach([one.incident for one in seen], people, waiting.count() - len(seen))


def waits_for(problem: Problem) -> Q:
    """Links whose incidents its fix resolves."""
    return Q(problem=problem, incident__status=Status.ON_HOLD, incident__hold_reason=HoldReason.PROBLEM)


def of_its_kind(problem: Problem, incidents: IncidentQuerySet) -> IncidentQuerySet:
    """Those of the incidents that it causes, or that have its service and either its error code or its words."""
    fits = Q(pk__in=problem.links.values("incident"))
    if problem.service_id:
        fits |= Q(service=problem.service_id) & _fingerprint(problem)
    return incidents.filter(fits)


def _fingerprint(problem: Problem) -> Q:
    """Its error code, or enough of the words that the titles of its incidents share; with neither, nothing."""
    titles = list(problem.links.order_by("-id").values_list("incident__title", flat=True)[:200])
    alike = [reduce(and_, (Q(title__icontains=word) for word in words)) for words in enough_of(telling_words(titles))]
    if problem.error_code:
        alike.append(Q(error_code__iexact=problem.error_code))
    return reduce(or_, alike, Q(pk__in=[]))


def recurrences(problem: Problem) -> list[Incident]:
    """What may be the same trouble, reported after the fix: of its service with its code or words, or linked since."""
    if problem.resolved_at is None:
        return []
    since = of_its_kind(problem, Incident.objects.filter(reported_at__gt=problem.resolved_at))
    elsewhere = Link.objects.exclude(problem=problem).values("incident")
    return list(since.exclude(pk__in=elsewhere).order_by("reported_at", "id")[:50])


def whys(problem: Problem, member: Member) -> list[Statement]:
    """What is said about its cause that the member may read, in the order in which it was said."""
    seen = problem.statements.all().visible_to(member)
    return list(seen.select_related("said_by", "judged_by", "source__incident").order_by("id"))


def shown_by(problem: Problem, member: Member) -> dict[int, list[Evidence]]:
    """The evidence that the member may read, by statement."""
    seen = Evidence.objects.filter(statement__problem=problem).visible_to(member)
    found: dict[int, list[Evidence]] = {}
    whole = seen.select_related("incident", "attachment", "file", "added_by").prefetch_related("withdrawals__by")
    for one in whole.order_by("id"):
        found.setdefault(one.statement_id, []).append(one)
    return found


def what_goes_with(evidence: Evidence) -> Loss:
    """What its statement loses if it is withdrawn."""
    said = evidence.statement
    others = said.evidence.all().standing().exclude(pk=evidence.pk)
    belief, has_reason = Belief(said.state), bool(said.judgement)
    return loss(belief, is_cause=said.is_cause, has_reason=has_reason, has_more=others.exists())


def suspicions(problem: Problem, member: Member) -> "QuerySet[Hypothesis]":
    """What is suspected on its incidents and not taken in yet; what restricted incidents say stays with them."""
    linked = problem.links.all().visible_to(member).values("incident")
    taken = problem.statements.exclude(source=None).values("source")
    found = Hypothesis.objects.filter(incident__in=linked, incident__restricted=False).exclude(pk__in=taken)
    return found.select_related("incident", "author").order_by("incident", "id")


def concluded(problems: ProblemQuerySet, member: Member) -> ProblemQuerySet:
    """The problems, each with the statement that its root cause is, if the member may read that, as ``conclusion``."""
    causes = Statement.objects.all().visible_to(member).filter(problem=OuterRef("pk"), is_cause=True)
    return problems.annotate(conclusion=Subquery(causes.order_by().values("text")[:1]))


def entries_of(problem: Problem) -> "QuerySet[TrailEntry]":
    """The record's trail, oldest first."""
    entries = TrailEntry.objects.filter(record="problem", record_id=problem.pk)
    return entries.select_related("actor").order_by("id")


def trail_of(problem: Problem) -> list[TrailEntry]:
    """All of it at once."""
    return list(entries_of(problem))
