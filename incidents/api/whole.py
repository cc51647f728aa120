"""One incident with all that the asker may know of it."""

from typing import Any

from django.utils import timezone

from incidents.api import shapes
from incidents.lifecycle import MOVES, Party, Status, verbs_from
from incidents.models import Clock, Hypothesis, Incident, Reference
from incidents.models.incident import PREFIX
from incidents.models.promises import clocks_of
from incidents.sla import State
from tenancy.api.listing import named
from tenancy.members import Member

PUBLIC = ("description", "error_code", "occurred_at", "occurred_roughly", "hold_until", "resolution_note")
ENDING = ("resolved_at", "ended_at", "contest_until", "rating")
STAFF = (
    *("risk", "priority_overridden", "restricted", "escalation_level", "reopened_count", "classified_at"),
    *("root_cause", "tested_how", "retested_how", "rating_word"),
)
RELATED = ("service", "team", "assignee", "reporter", "logged_by", "type", "category", "duplicate_of")


def whole(incident: Incident, member: Member) -> dict[str, Any]:
    """The incident as `shapes.Full`."""
    flat = {name: _value(incident, name) for name in shapes.ROW}
    return {
        **shapes.row(flat),
        **{name: getattr(incident, name) for name in (*PUBLIC, *ENDING)},
        "awaits": incident.awaited,
        "resolution": incident.resolution_code or None,
        "ending": incident.ending or None,
        "verbs": [verb.value for verb in verbs_from(Status(incident.status), *_sides(incident, member))
                  if member.may(MOVES[verb].permission, incident.team_id)],
        "promises": [_promise(one) for one in clocks_of(incident)],
        "desk": _desk(incident, member) if incident.is_open_to_staff(member) else None,
    }  # fmt: skip


def _promise(one: Clock) -> dict[str, Any]:
    plain = {name: getattr(one, name) for name in ("measure", "state", "due_at", "ended_at")}
    is_late = one.is_late or (one.state == State.RUNS and one.due_at is not None and one.due_at < timezone.now())
    return {**plain, "target_minutes": one.target, "late": is_late}


def _value(incident: Incident, name: str) -> Any:
    record, _, column = name.partition("__")
    value = getattr(incident, record)
    return getattr(value, column, None) if column else value


def _sides(incident: Incident, member: Member) -> set[Party]:
    """On which sides of the desk the member stands towards it."""
    sides = {Party.STAFF} if incident.is_open_to_staff(member) else set()
    if incident.reporter_id == member.id:
        return sides | {Party.REPORTER, Party.REQUESTERS}
    involved = Incident.objects.all().concerning(member).filter(pk=incident.pk).exists()
    return sides | ({Party.REQUESTERS} if involved else set())


def _desk(incident: Incident, member: Member) -> dict[str, Any]:
    return {
        "logged_by": _named(incident.logged_by),
        "type": _named(incident.type),
        "category": _named(incident.category),
        "severity": incident.severity or None,
        **{name: getattr(incident, name) for name in STAFF},
        "duplicate_of": _original(incident, member),
        "references": [_reference(one) for one in Reference.objects.filter(incident=incident)],
        "hypotheses": [_hypothesis(one) for one in _hypotheses(incident)],
    }


def _named(record: Any) -> dict[str, str] | None:
    return {"id": str(record.public_id), "name": str(record)} if record else None


def _original(incident: Incident, member: Member) -> str | None:
    known = incident.duplicate_of
    return f"{PREFIX}{known.number}" if known and known.is_open_to_staff(member) else None


def _reference(one: Reference) -> dict[str, Any]:
    return {"id": str(one.public_id), "kind": one.kind, "value": one.value, "url": one.url}


def _hypotheses(incident: Incident) -> Any:
    columns = ("public_id", "suspicion", "test", "outcome", "at", "author__public_id", "author__name")
    return Hypothesis.objects.filter(incident=incident).values(*columns)


def _hypothesis(one: dict[str, Any]) -> dict[str, Any]:
    plain = {name: one[name] for name in ("suspicion", "test", "outcome", "at")}
    return {"id": str(one["public_id"]), **plain, "author": named(one, "author")}
