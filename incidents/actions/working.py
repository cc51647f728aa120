"""The desk's work: hold, resume, resolve, reopen, and the endings that staff may bring about."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.agents import why_not
from incidents.actions.finishing import finish
from incidents.actions.notices import tell, tell_of_progress
from incidents.actions.step import Step, begin
from incidents.actions.talking import say
from incidents.drafts import Hold, Resolution
from incidents.lifecycle import Clock, HoldReason, Refused, Status, Verb
from incidents.models import Incident, Message, rules
from tenancy.calendars import add_business_days
from tenancy.members import Member

Ending = Incident.Ending
STAFF_ENDINGS = frozenset({Ending.PHONE, Ending.LEFT, Ending.NO_ADDRESS})
CANCELLATIONS = frozenset({Ending.NOT_INCIDENT, Ending.DUPLICATE, Ending.WITHDRAWN})


@transaction.atomic
def hold(member: Member, *, number: int, facts: Hold, at: datetime | None = None) -> Incident:
    """Let an incident wait; the requester is asked in public, a date must lie ahead."""
    step = begin(member, number, Verb.HOLD, given={"reason"}, at=at)
    _complete(step, facts)
    incident = step.incident
    incident.hold_reason, incident.hold_until = facts.reason, facts.until
    asks = facts.reason is HoldReason.REQUESTER
    kind = Message.Kind.QUESTION if asks else Message.Kind.REASON
    message = say(step, kind, facts.text, internal=not asks) if facts.text.strip() else None
    entry = finish(step, ({"message_id": message.id} if message else {}) | pausing(facts.reason))
    if asks:
        tell(step, "incident_question", entry, message)
    else:
        tell_of_progress(step, entry)
    return incident


def pausing(reason: HoldReason) -> dict[str, str]:
    """Whether the organisation's rules let the clocks pause where they would run on: as they say now."""
    pauses = {HoldReason.PROBLEM: rules().pauses_for_problem, HoldReason.CHANGE: rules().pauses_for_change}
    return {"clock": Clock.PAUSES.value} if pauses.get(reason) else {}


def _complete(step: Step, facts: Hold) -> None:
    because = ""
    if facts.reason is HoldReason.REQUESTER and not facts.text.strip():
        because = _("Ask the requester something: they can't know what you wait for.")
    late = facts.until is not None and facts.until <= step.at
    if late or (facts.reason is HoldReason.SCHEDULED and facts.until is None):
        because = _("Choose a date in the future.")
    if because:
        raise Refused(step.verb, Status(step.incident.status), because=because)


@transaction.atomic
def resume(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Work on after a hold."""
    step = begin(member, number, Verb.RESUME, at=at)
    step.incident.hold_reason, step.incident.hold_until = "", None
    tell_of_progress(step, finish(step))
    return step.incident


@transaction.atomic
def resolve(member: Member, *, number: int, resolution: Resolution, at: datetime | None = None) -> Incident:
    """Say that the fix is in and tested; the reporter is asked to confirm."""
    given = {
        "resolution code": resolution.code in set(Incident.Resolution),
        "note": resolution.note.strip(),
        "how it was tested": resolution.tested_how.strip(),
    }
    step = begin(member, number, Verb.RESOLVE, given={name for name, value in given.items() if value}, at=at)
    incident = step.incident
    incident.resolution_code = resolution.code
    incident.resolution_note = resolution.note.strip()
    incident.tested_how = resolution.tested_how.strip()
    incident.resolved_by_id, incident.resolved_at = member.id, step.at
    incident.assignee_id = incident.assignee_id or member.id
    incident.hold_reason, incident.hold_until = "", None
    message = say(step, Message.Kind.SOLUTION, resolution.note)
    tell(step, "incident_resolved", finish(step, {"message_id": message.id}), message)
    return incident


@transaction.atomic
def reopen(member: Member, *, number: int, reason: str, at: datetime | None = None) -> Incident:
    """Take a resolution back, as staff; the reason is public."""
    step = begin(member, number, Verb.REOPEN, given={"reason"} if reason.strip() else set(), at=at)
    message = bring_back(step, reason, Message.Kind.REASON)
    tell(step, "incident_reopened", finish(step, again(message)), message)
    return step.incident


def again(message: Message) -> dict[str, Any]:
    """What the trail says of a reopening: with which words, and whether the clocks start afresh by the rules of now."""
    return {"message_id": message.id, **({"anew": True} if rules().counts_anew else {})}


def bring_back(step: Step, text: str, kind: Message.Kind) -> Message:
    """Undo an ending or a resolution as part of a step: the same agent goes on if they can; it is counted."""
    incident = step.incident
    if incident.assignee and why_not(incident, incident.assignee):
        incident.assignee = None
    incident.reopened_count += 1
    incident.resolved_at = incident.resolved_by_id = incident.ended_at = incident.contest_until = None
    incident.acknowledged_at = incident.acknowledged_by_id = None
    incident.escalation_level, incident.escalation_alarm = 0, ""
    incident.duplicate_of = None
    incident.ending = incident.resolution_code = ""
    return say(step, kind, text)


@transaction.atomic
def close(member: Member, *, number: int, ending: str, text: str = "", at: datetime | None = None) -> Incident:
    """Close for the reporter, with a reason; they are told and can say "not so"."""
    given = {"reason"} if ending in STAFF_ENDINGS else set()
    step = begin(member, number, Verb.CLOSE, given=given, at=at)
    message = _end(step, ending, text)
    tell(step, "incident_closed", finish(step, {"message_id": message.id} if message else None), message)
    return step.incident


@transaction.atomic
def cancel(
    member: Member,
    *,
    number: int,
    ending: str,
    text: str = "",
    duplicate_of: int | None = None,
    at: datetime | None = None,
) -> Incident:
    """Cancel with a reason; a duplicate names the number of the incident that goes on."""
    given = {"reason"} if ending in CANCELLATIONS and text.strip() else set()
    _lock_in_order(number, duplicate_of)
    step = begin(member, number, Verb.CANCEL, given=given, at=at)
    step.incident.duplicate_of = _original(step, duplicate_of) if ending == Ending.DUPLICATE else None
    step.incident.hold_reason, step.incident.hold_until = "", None
    message = _end(step, ending, text)
    tell(step, "incident_cancelled", finish(step, {"message_id": message.id} if message else None), message)
    return step.incident


def _lock_in_order(*numbers: int | None) -> None:
    """Lock both in one order: two agents may each name the other's incident at once, and one has to go on."""
    list(Incident.objects.filter(number__in=[one for one in numbers if one]).order_by("id").select_for_update())


def _original(step: Step, number: int | None) -> Incident:
    known = Incident.objects.for_desk(step.member).filter(number=number or 0).first()
    if not known or known.pk == step.incident.pk or known.status == Status.CANCELLED:
        because = _("Name the incident that goes on: another one, not itself cancelled.")
        raise Refused(step.verb, Status(step.incident.status), because=because)
    return known


def _end(step: Step, ending: str, text: str) -> Message | None:
    incident = step.incident
    settings = rules()
    zone = incident.reporter.time_zone or incident.organisation.time_zone
    incident.ending, incident.ended_at = ending, step.at
    incident.contest_until = add_business_days(step.at, settings.contest_days, zone)
    return say(step, Message.Kind.REASON, text) if text.strip() else None
