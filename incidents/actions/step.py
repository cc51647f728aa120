"""One verb on one incident: locked, and checked against the table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from incidents.lifecycle import MOVES, Party, Refused, Status, Verb, target
from incidents.models import Incident, Involvement
from incidents.words import explain
from tenancy import clock
from tenancy.members import Denied, Member
from tenancy.models import TrailEntry
from tenancy.wall import refuse_unbound

# `due_at` follows from the trail; it does not stand on it.
_IGNORED = frozenset({"id", "organisation_id", "updated_at", "due_at"})


@dataclass
class Step:
    """A verb under way: change ``incident``'s fields, then `incidents.actions.finishing.finish`."""

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
    step = Step(member, verb, incident, at or clock.now(), state_of(incident), frozenset(given))
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


def state_of(incident: Incident) -> dict[str, Any]:
    """Return all its fields by name, but for what is no news."""
    return {
        field.attname: getattr(incident, field.attname)
        for field in incident._meta.concrete_fields
        if field.attname not in _IGNORED
    }
