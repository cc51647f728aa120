"""Say something: publicly, internally, or from the requester's side."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from incidents.actions.finishing import finish
from incidents.actions.keeping import hand_in
from incidents.actions.notices import tell
from incidents.actions.step import Step, begin
from incidents.lifecycle import MOVES, HoldReason, Party, Status, Verb
from incidents.models import Incident, Message
from tenancy.members import Member


def say(step: Step, kind: Message.Kind, text: str, *, internal: bool = False) -> Message:
    """Write a message as part of a step."""
    return Message.objects.create(
        incident=step.incident,
        kind=kind,
        internal=internal,
        author_id=step.member.id,
        from_staff=MOVES[step.verb].party is Party.STAFF,
        text=text.strip(),
        at=step.at,
    )


def _given(text: str) -> set[str]:
    return {"text"} if text.strip() else set()


@transaction.atomic
def reply(
    member: Member, *, number: int, text: str, attachments: Iterable[UUID] = (), at: datetime | None = None
) -> Message:
    """Answer publicly, as staff; the requester's side is told."""
    step = begin(member, number, Verb.REPLY, given=_given(text), at=at)
    message = say(step, Message.Kind.REPLY, text)
    uploads = hand_in(member, step.incident, attachments, message=message)
    tell(step, "incident_replied", finish(step, {"message_id": message.id, "attachments": uploads}), message)
    return message


@transaction.atomic
def note(
    member: Member, *, number: int, text: str, attachments: Iterable[UUID] = (), at: datetime | None = None
) -> Message:
    """Write what only staff may read; nobody outside is told."""
    step = begin(member, number, Verb.NOTE, given=_given(text), at=at)
    message = say(step, Message.Kind.NOTE, text, internal=True)
    uploads = hand_in(member, step.incident, attachments, message=message, internal=True)
    finish(step, {"message_id": message.id, "attachments": uploads})
    return message


@transaction.atomic
def comment(
    member: Member, *, number: int, text: str, attachments: Iterable[UUID] = (), at: datetime | None = None
) -> Message:
    """Write from the requester's side; where the desk waits for the requester, this resumes the work."""
    step = begin(member, number, _verb(member, number), given=_given(text), at=at)
    if step.verb is Verb.ANSWER:
        step.incident.hold_reason, step.incident.hold_until = "", None
    message = say(step, Message.Kind.COMMENT, text)
    uploads = hand_in(member, step.incident, attachments, message=message)
    tell(step, "incident_commented", finish(step, {"message_id": message.id, "attachments": uploads}), message)
    return message


def _verb(member: Member, number: int) -> Verb:
    incident = Incident.objects.for_portal(member).select_for_update(of=("self",)).get(number=number)
    waits = incident.status == Status.ON_HOLD and incident.hold_reason == HoldReason.REQUESTER
    return Verb.ANSWER if waits else Verb.COMMENT
