"""What becomes of silence: a hold that ends at its date, a reminder, and closing what was solved and never answered.

The moments stand on the incident, worked out when it is put on hold or resolved, in the requester's own business time.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from incidents.actions.notices import Notice
from incidents.actions.round import Round, told
from incidents.lifecycle import HoldReason, Status, Verb
from incidents.models import Incident, Message, rules
from incidents.silence import business_days_after
from tenancy.calendars import add_business_days
from tenancy.hours import NeverOpen
from tenancy.models import Organisation, TrailEntry
from tenancy.models.calendars import usual
from tenancy.wall import current_organisation_id

RESUMED, REMINDED, CLOSED = "incident.resumed", "incident.reminded", "incident.closed_by_silence"


def foresee(incident: Incident, verb: Verb, at: datetime) -> None:
    """Say when silence is answered, for an incident that is about to be saved as the verb has changed it.

    Who writes after a solution is not silent: it is counted anew from there.
    """
    asks = _asks(incident)
    solves = verb is Verb.RESOLVE or (verb is Verb.COMMENT and incident.status == Status.RESOLVED)
    if solves or (asks and verb is Verb.HOLD):
        _count(incident, at, closes=solves)
    elif not asks and incident.status != Status.RESOLVED:
        incident.remind_at = incident.closes_at = incident.reminded_at = None


def _asks(incident: Incident) -> bool:
    return incident.status == Status.ON_HOLD and incident.hold_reason == HoldReason.REQUESTER


def _count(incident: Incident, at: datetime, *, closes: bool) -> None:
    patience = rules()
    incident.reminded_at = None
    incident.remind_at = _after(incident, at, patience.reminder_days)
    incident.closes_at = _after(incident, at, patience.silence_days) if closes and not is_major(incident) else None


def foresee_for_another(incident: Incident, at: datetime) -> dict[str, list[Any]]:
    """Somebody else is waited for from now on, with all the days; return what changed by it."""
    solved = incident.status == Status.RESOLVED
    if not solved and not _asks(incident):
        return {}
    names = ("remind_at", "closes_at", "reminded_at")
    before = {name: getattr(incident, name) for name in names}
    _count(incident, at, closes=solved)
    return {name: [told(before[name]), told(getattr(incident, name))] for name in names}


def asked_again(incident: Incident) -> str:
    """The event that brings it to the reporter once more."""
    return "incident_reminder_solution" if incident.status == Status.RESOLVED else "incident_reminder_question"


def said_last(incident: Incident) -> Message | None:
    """The solution or the question that waits for an answer."""
    kind = Message.Kind.SOLUTION if incident.status == Status.RESOLVED else Message.Kind.QUESTION
    return incident.messages.filter(kind=kind, internal=False).select_related("author").last()


def is_foreseen_anew(entry: TrailEntry) -> bool:
    """Whether something else is to be done about silence since this entry."""
    return not {"remind_at", "closes_at"}.isdisjoint(entry.facts.get("changed", {}))


def is_major(incident: Incident) -> bool:
    """Whether its commander closes it, and silence never does."""
    return incident.major_proposed_at is not None


def _after(incident: Incident, at: datetime, days: int) -> datetime:
    """So many business days later: by the organisation's usual hours, on the clock of whoever is waited for."""
    organisation = Organisation.objects.get(pk=current_organisation_id())
    zone = incident.reporter.time_zone or organisation.time_zone
    edition = usual(at).first()
    try:
        if edition:
            return business_days_after(at, days, replace(edition.rules(), zone=zone))
    except NeverOpen:
        pass  # a calendar without a single open day: as most people work
    return add_business_days(at, days, zone).astimezone(UTC)


def next_of(incident: Incident) -> datetime | None:
    """When something is to be done about its silence."""
    held = incident.hold_until if incident.status == Status.ON_HOLD else None
    return min((at for at in (held, incident.remind_at, incident.closes_at) if at), default=None)


def attend(due: Round) -> dict[int, datetime | None]:
    """Do what is due about silence; return when each incident's next moment is."""
    for incident in due.incidents.values():
        _attend(due, incident)
    return {incident.pk: next_of(incident) for incident in due.incidents.values()}


def _attend(due: Round, incident: Incident) -> None:
    if incident.status == Status.ON_HOLD and _is_over(incident.hold_until, due):
        _resume(due, incident)
    elif _is_over(incident.closes_at, due):
        _close(due, incident)
    elif _is_over(incident.remind_at, due):
        _remind(due, incident)


def _is_over(at: datetime | None, due: Round) -> bool:
    return at is not None and at <= due.at


def _resume(due: Round, incident: Incident) -> None:
    """The date has come: work goes on, and whoever has it is told."""
    changed = due.change(
        incident,
        status=Status.IN_PROGRESS.value if incident.assignee_id else Status.NEW.value,
        hold_reason="",
        hold_until=None,
        remind_at=None,
        reminded_at=None,
    )
    entry = due.happened(RESUMED, incident, {"changed": changed}, event="incident_resumed")
    due.notices.append(Notice("incident_waited", entry, incident, actor=None, more={"turn": "goes_on"}))
    due.turned(entry)


def _remind(due: Round, incident: Incident) -> None:
    solved = incident.status == Status.RESOLVED
    changed = due.change(incident, remind_at=None, reminded_at=due.at)
    said = said_last(incident)
    due.happened(
        REMINDED,
        incident,
        {"of": "solution" if solved else "question", "changed": changed},
        event=asked_again(incident),
        message=said,
        more={"reminder": True, "actor_name": said.author.name if said and said.author else ""},
    )


def _close(due: Round, incident: Incident) -> None:
    """Nobody answered: it is closed, and everybody concerned is told."""
    if is_major(incident):  # it became one after it was solved
        due.change(incident, closes_at=None)
        return
    changed = due.change(
        incident,
        status=Status.CLOSED.value,
        ending=Incident.Ending.SILENCE.value,
        ended_at=due.at,
        remind_at=None,
        closes_at=None,
    )
    more = {"silence": True}
    due.turned(due.happened(CLOSED, incident, {"changed": changed}, event="incident_closed", more=more))
