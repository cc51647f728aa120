"""How clusters leave the house, for staff, each with the incidents that the asker may see and never another count."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from incidents.lifecycle import Status as IncidentStatus
from incidents.models import Incident
from incidents.priority import Priority
from problems.clusters import category_names, growth_of, incidents_of, people_of, shared_by
from problems.models import Cluster
from tenancy.api.people import Named
from tenancy.members import Member

VERBS = ("raise", "dismiss")
# So many of its incidents, the newest, are told by number; all of them count.
MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Sight:
    """A cluster as the member sees it."""

    cluster: Cluster
    incidents: list[Incident]
    people: int


class SharedShape(serializers.Serializer):
    """Something that its incidents share besides their service."""

    kind = serializers.ChoiceField(Cluster.Shares.values)
    value = serializers.CharField(help_text="The error code, the category's name, or the word.")


class ClusterRow(serializers.Serializer):
    """A cluster in a list."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(Cluster.State.values)
    kind = serializers.ChoiceField(Cluster.Shares.values, help_text="What they share that says most.")
    service = Named(allow_null=True)
    why = SharedShape(many=True)
    count = serializers.IntegerField(help_text="How many incidents, of those that you may see.")
    people = serializers.IntegerField(help_text="Who reported these or is affected.")
    usual = serializers.FloatField(help_text="How many there usually are in the same hours of the day.")
    growth = serializers.FloatField(
        help_text="How many times as many there were when it was last looked; where none are usual, one is."
    )
    first_seen = serializers.DateTimeField(help_text="When the first of its incidents was reported.")
    last_seen = serializers.DateTimeField(help_text="When the last one was, as of the last look.")
    problem = serializers.CharField(allow_null=True, help_text="What was raised for it, like PRB-1042.")


class ClusterIncident(serializers.Serializer):
    """One of its incidents."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField([one.value for one in IncidentStatus])
    priority = serializers.ChoiceField([one.value for one in Priority])
    reporter = Named()
    reported_at = serializers.DateTimeField()


class ClusterFull(ClusterRow):
    """A cluster with its incidents and what was decided about it."""

    incidents = ClusterIncident(many=True, help_text=f"The newest {MOST_TOLD} that you may see.")
    dismissed_by = Named(allow_null=True)
    dismissed_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it was no problem.")
    verbs = serializers.ListField(child=serializers.ChoiceField(VERBS), help_text="What you may do to it now.")


def sights(clusters: Iterable[Cluster], member: Member) -> list[Sight]:
    """Those of the clusters in which the member sees an incident: without one there is nothing to tell."""
    shown = list(clusters)
    found = incidents_of(shown, member)
    people = people_of(found)
    return [Sight(one, found[one.pk], people[one.pk]) for one in shown if found[one.pk]]


def rows(seen: list[Sight]) -> list[dict[str, Any]]:
    """What is seen as `ClusterRow`."""
    names = category_names(one.cluster for one in seen)
    return [_row(one, names) for one in seen]


def _row(one: Sight, names: Mapping[str, str]) -> dict[str, Any]:
    cluster = one.cluster
    return {
        "id": str(cluster.public_id),
        **{name: getattr(cluster, name) for name in ("state", "kind", "usual", "first_seen", "last_seen")},
        "service": _named(cluster.service),
        "why": [{"kind": kind.value, "value": value} for kind, value in shared_by(cluster, one.incidents, names)],
        "count": len(one.incidents),
        "people": one.people,
        "growth": round(growth_of(cluster), 2),
        "problem": cluster.problem.label if cluster.problem else None,
    }


def whole(one: Sight, member: Member) -> dict[str, Any]:
    """What is seen as `ClusterFull`."""
    cluster, (row,) = one.cluster, rows([one])
    may_decide = cluster.state == Cluster.State.OPEN and member.may("problem.raise")
    return {
        **row,
        "incidents": [_incident(each) for each in one.incidents[:MOST_TOLD]],
        "dismissed_by": _named(cluster.dismissed_by),
        "dismissed_at": cluster.dismissed_at,
        "reason": cluster.reason,
        "verbs": list(VERBS) if may_decide else [],
    }


def _incident(one: Incident) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("title", "status", "priority", "reported_at")}
    return {"number": one.label, **plain, "reporter": _named(one.reporter)}


def _named(record: Any) -> dict[str, str] | None:
    return {"id": str(record.public_id), "name": str(record)} if record else None
