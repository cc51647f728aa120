"""The reporter's word: it works, it is still broken, that is not so, never mind."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from incidents.actions.finishing import finish
from incidents.actions.notices import tell
from incidents.actions.step import Step, begin
from incidents.actions.talking import say
from incidents.actions.working import again, bring_back
from incidents.drafts import Confirmation
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Incident, Message
from tenancy.members import Member
from tenancy.models import TrailEntry


@transaction.atomic
def confirm(member: Member, *, number: int, word: Confirmation, at: datetime | None = None) -> Incident:
    """Close: the reporter says that the service is back."""
    step = begin(member, number, Verb.CONFIRM, at=at)
    incident = step.incident
    incident.ending, incident.ended_at = Incident.Ending.CONFIRMED, step.at
    incident.retested_how, incident.rating, incident.rating_word = word.retested_how, word.rating, word.word
    tell(step, "incident_closed", finish(step))
    return incident


@transaction.atomic
def reject(member: Member, *, number: int, text: str, at: datetime | None = None) -> Incident:
    """Reopen: the reporter says what is still broken; the same agent goes on."""
    given = {"what is still broken"} if text.strip() else set()
    step = begin(member, number, Verb.REJECT, given=given, at=at)
    message = bring_back(step, text, Message.Kind.COMMENT)
    tell(step, "incident_reopened", finish(step, again(message)), message)
    for path in settings.WHEN_STILL_BROKEN:
        import_string(path)(step.incident, step.at)
    return step.incident


@transaction.atomic
def contest(member: Member, *, number: int, text: str, at: datetime | None = None) -> Incident:
    """Reopen what staff closed or cancelled over the reporter's head, within the organisation's days."""
    step = begin(member, number, Verb.CONTEST, given={"what is not so"} if text.strip() else set(), at=at)
    incident = step.incident
    if incident.contest_until is None or incident.contest_until < step.at:
        because = _("It is too late to reopen this incident. Please report a new one.")
        raise Refused(step.verb, Status(incident.status), because=because)
    message = bring_back(step, text, Message.Kind.COMMENT)
    tell(step, "incident_reopened", _live_again(step, again(message)), message)
    return incident


def _live_again(step: Step, facts: dict[str, Any]) -> TrailEntry:
    """Finish; where the source's reference leads to a newer incident by now, this one goes on without it."""
    try:
        with transaction.atomic():
            return finish(step, facts)
    except IntegrityError:
        if not step.incident.source_reference:
            raise
        step.incident.source_reference = ""
        return finish(step, facts)


@transaction.atomic
def withdraw(member: Member, *, number: int, text: str = "", at: datetime | None = None) -> Incident:
    """Cancel one's own report; no reason is asked for."""
    step = begin(member, number, Verb.WITHDRAW, at=at)
    incident = step.incident
    incident.ending, incident.ended_at = Incident.Ending.WITHDRAWN, step.at
    incident.hold_reason, incident.hold_until = "", None
    message = say(step, Message.Kind.COMMENT, text) if text.strip() else None
    tell(step, "incident_cancelled", finish(step, {"message_id": message.id} if message else None), message)
    return incident
