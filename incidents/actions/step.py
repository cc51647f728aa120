"""One verb on one incident: locked, checked against the table, written with its trail entry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incidents.lifecycle import MOVES, Party, Refused, Status, Verb, target
from incidents.models import Incident, Involvement
from incidents.topics import UNTOLD, touched_by
from incidents.words import explain
from notifications import live
from tenancy import clock, trail
from tenancy.members import Denied, Member
from tenancy.models import TrailEntry
from tenancy.wall import refuse_unbound

KINDS = {
    Verb.TAKE: "incident.taken",
    Verb.ASSIGN: "incident.assigned",
    Verb.ROUTE: "incident.routed",
    Verb.CLASSIFY: "incident.classified",
    Verb.OVERRIDE: "incident.priority_overridden",
    Verb.RESET: "incident.priority_reset",
    Verb.RESTRICT: "incident.restricted",
    Verb.UNRESTRICT: "incident.unrestricted",
    Verb.HOLD: "incident.held",
    Verb.RESUME: "incident.resumed",
    Verb.RESOLVE: "incident.resolved",
    Verb.REOPEN: "incident.reopened",
    Verb.CLOSE: "incident.closed",
    Verb.CANCEL: "incident.cancelled",
    Verb.REPLY: "incident.replied",
    Verb.NOTE: "incident.noted",
    Verb.SUSPECT: "incident.suspected",
    Verb.CONCLUDE: "incident.concluded",
    Verb.DIAGNOSE: "incident.diagnosed",
    Verb.REFER: "incident.referred",
    Verb.INVOLVE: "incident.person_added",
    Verb.RELEASE: "incident.person_removed",
    Verb.COMMENT: "incident.commented",
    Verb.ANSWER: "incident.answered",
    Verb.WITHDRAW: "incident.withdrawn",
    Verb.CONFIRM: "incident.confirmed",
    Verb.REJECT: "incident.rejected",
    Verb.CONTEST: "incident.contested",
}
REPORTED = "incident.reported"

# People's own words: the trail says that they changed, the row holds what they say and can be erased.
_WORDS = frozenset(
    {
        *("title", "description", "source_reference", "resolution_note", "tested_how", "root_cause"),
        *("retested_how", "rating_word"),
    }
)
_IGNORED = frozenset({"id", "organisation_id", "updated_at"})


@dataclass
class Step:
    """A verb under way: change ``incident``'s fields, then `finish`."""

    member: Member
    verb: Verb
    incident: Incident
    at: datetime
    before: dict[str, Any]
    given: frozenset[str]


def begin(member: Member, number: int, verb: Verb, *, given: Iterable[str] = (), at: datetime | None = None) -> Step:
    """Lock the incident and check that the member may do this now.

    Raises `Incident.DoesNotExist` where the member may not even see it, `Denied` without the right, and `Refused`
    when the table has no such move or a fact is missing.
    """
    refuse_unbound()
    party = MOVES[verb].party
    scope = Incident.objects.for_desk(member) if party is Party.STAFF else Incident.objects.for_portal(member)
    incident = scope.select_for_update(of=("self",)).get(number=number)
    _permit(member, incident, verb)
    # Read under the lock: whoever waited for it comes later, on the trail and on every clock that is made of it.
    step = Step(member, verb, incident, at or clock.now(), _state(incident), frozenset(given))
    try:
        target(verb, Status(incident.status), given=step.given)
    except Refused as refused:
        if not refused.missing:
            refused.because = f"{explain(refused)} {last_word(incident, member)}".strip()
        raise
    return step


def _permit(member: Member, incident: Incident, verb: Verb) -> None:
    move = MOVES[verb]
    member.require(move.permission, incident.team_id)
    if move.party is Party.REPORTER and incident.reporter_id != member.id:
        raise Denied(move.permission)
    if move.party is Party.REQUESTERS and incident.reporter_id != member.id and not _takes_part(member, incident):
        raise Denied(move.permission)


def _takes_part(member: Member, incident: Incident) -> bool:
    parts = [Involvement.Part.AFFECTED, Involvement.Part.PARTICIPANT]
    return Involvement.objects.filter(incident=incident, membership=member.id, part__in=parts).exists()


def last_word(incident: Incident, member: Member) -> str:
    """Who changed the status last, for somebody who came second; it may have been themselves, in another window."""
    entry = (
        TrailEntry.objects.filter(record="incident", record_id=incident.id, facts__changed__has_key="status")
        .select_related("actor")
        .last()
    )
    if not entry or not entry.actor:
        return ""
    if entry.actor_id == member.id:
        return _("You have changed it yourself meanwhile.")
    return _("%(name)s was first.") % {"name": entry.actor.name}


def finish(step: Step, facts: dict[str, Any] | None = None) -> TrailEntry:
    """Move the status by the table, save what changed and write the trail entry."""
    incident = step.incident
    status = Status(step.before["status"])
    incident.status = target(step.verb, status, given=step.given, assigned=incident.assignee_id is not None)
    incident.updated_at = step.at
    after = _state(incident)
    changed = {name: [step.before[name], value] for name, value in after.items() if value != step.before[name]}
    incident.save(update_fields=[*changed, "updated_at"])
    facts = facts or {}
    live.changed(touched_by(incident, inside=step.verb in UNTOLD, person_id=facts.get("person_id")))
    return trail.record(
        KINDS[step.verb],
        record=("incident", incident.id),
        actor=step.member,
        at=step.at,
        facts={**_told(changed), **facts},
    )


def _state(incident: Incident) -> dict[str, Any]:
    return {
        field.attname: getattr(incident, field.attname)
        for field in incident._meta.concrete_fields
        if field.attname not in _IGNORED
    }


def _told(changed: dict[str, list[Any]]) -> dict[str, Any]:
    """What changed as the trail keeps it: values from what to what, and of people's words only that they did."""
    values = {name: [_plain(one) for one in pair] for name, pair in changed.items() if name not in _WORDS}
    rewritten = sorted(_WORDS & changed.keys())
    return ({"changed": values} if values else {}) | ({"rewritten": rewritten} if rewritten else {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
