"""Post a message: it goes into the database with the change that caused it, or not at all.

The facts of a message are frozen when it is posted and must be *public*: a template can show nothing else.
``templates/mail/README.md`` says which facts each kind needs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F, Q

from notifications import nudge, preferences
from notifications.bursts import Bundle, Scope
from notifications.kinds import may_be_off
from notifications.models import OutboxMessage, OutboxQuerySet
from notifications.wishes import Fate, How, Timing, Wishes
from tenancy import members
from tenancy.clock import Instant
from tenancy.members import Member
from tenancy.models import Host, Membership, Organisation
from tenancy.wall import Conflict, insert_all


@dataclass(frozen=True, slots=True)
class Recipient:
    """A human to be told, with the address and the tongue they had when it happened.

    ``why`` is the reason that the message gives them ("reporter", "assignee", ...).
    """

    address: str
    name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    membership_id: int | None = None
    why: str = ""
    wishes: Wishes = field(default_factory=Wishes)
    refuses: bool = False
    """Whether the server of the address has refused it for good."""

    @classmethod
    def of(cls, membership: Membership, organisation: Organisation, why: str = "") -> "Recipient":
        """A member of the organisation, or a contact without a login."""
        return cls(
            address=membership.mail,
            name=membership.name,
            language=membership.language or organisation.language,
            time_zone=membership.time_zone or organisation.time_zone,
            membership_id=membership.pk,
            why=why,
            wishes=preferences.of(membership),
            refuses=membership.mail_refused_at is not None,
        )


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to one person.

    ``thread`` is the same for all that should stand in one conversation, ``record`` is what people call the
    record ("INC-1042"). With ``forget`` the facts are erased once the message is sent or given up: for secrets.
    What has one ``bundle`` goes out as one message in a burst, unless it is ``urgent``. People choose about its
    ``topic``, the name of a `notifications.kinds.Kind`; what ``wakes`` passes their quiet hours. ``still`` is
    what must be so when it is sent (`notifications.conditions`).
    """

    kind: str
    to: Recipient
    facts: dict[str, Any]
    dedupe: str
    thread: str
    at: datetime
    record: str = ""
    forget: bool = False
    bundle: Bundle | None = None
    urgent: bool = False
    topic: str = ""
    wakes: bool = False
    still: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def fate(self) -> Fate:
        """What becomes of it."""
        return fate(self.to, self.topic, wakes=self.wakes, at=self.at)


def fate(to: Recipient, topic: str, *, wakes: bool, at: datetime) -> Fate:
    """What becomes of a message by the wishes of whom it is for; what belongs to no kind goes at once."""
    if not to.address.strip():
        return Fate(How.NO_ADDRESS)
    if not topic:
        return Fate(How.AT_ONCE)
    if to.refuses:
        return Fate(How.REFUSED)
    if to.wishes.timing(topic) is Timing.OFF and may_be_off(topic):
        return Fate(How.OFF)
    until = None if wakes else to.wishes.peace_until(at, to.time_zone)
    return Fate(How.LATER, until) if until else Fate(How.AT_ONCE)


def post(**letter: Any) -> None:
    """Promise one `Letter`, to go out from ``at`` on; posting the same ``dedupe`` again does nothing.

    Who has no address is not told.
    """
    post_all([Letter(**letter)], Host.objects.canonical())


def post_all(letters: Iterable[Letter], host: Host) -> None:
    """Promise several at once, all from the organisation's canonical ``host``; wishes are heard."""
    messages = [_message(letter, host) for letter in letters if letter.fate.is_sent]
    if messages:
        insert_all(messages, Conflict())
        _nudge_after_commit()


def _message(letter: Letter, host: Host) -> OutboxMessage:
    to = letter.to
    waits_until = letter.fate.until
    bundle = Bundle(Scope.QUIET, "") if waits_until and letter.bundle and not letter.urgent else letter.bundle
    return OutboxMessage(
        kind=letter.kind,
        to_id=to.membership_id,
        name=to.name[:100],
        address=to.address.strip(),
        language=to.language,
        time_zone=to.time_zone,
        dedupe=letter.dedupe,
        thread=letter.thread,
        record=letter.record,
        facts=({"why": to.why} if to.why else {})
        | ({"topic": letter.topic} if letter.topic else {})
        | letter.facts
        | _letterhead(host, letter.at),
        forget=letter.forget,
        bundle=bundle.key(to.membership_id) if bundle else "",
        urgent=letter.urgent,
        still=dict(letter.still),
        message_id=f"<{uuid4().hex}@{host.name}>",
        due_at=waits_until or letter.at,
    )


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty."""
    return {name: value for name, value in facts.items() if value}


def wake(membership_id: int, *, at: datetime) -> None:
    """Let what waits for the end of somebody's quiet hours go out at that instant instead."""
    pending = OutboxMessage.State.PENDING
    waiting = OutboxMessage.objects.get_queryset().filter(to=membership_id, state=pending, attempts=0)
    # What is urgent or stands alone waits for nothing else.
    quiet = Q(bundle=Bundle(Scope.QUIET, "").key(membership_id)) | Q(urgent=True) | Q(bundle="")
    _held(waiting.filter(quiet, due_at__gt=Instant())).update(due_at=at)


def _held(waiting: OutboxQuerySet) -> OutboxQuerySet:
    """These rows, held, but for those that a worker takes in this moment: whoever waited for it could block it, too."""
    free = waiting.select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)
    return OutboxMessage.objects.get_queryset().filter(pk__in=list(free))


def _waiting() -> Q:
    """What nobody is sending: pending, left by a worker that died, or carried by such a message."""
    State = OutboxMessage.State
    left = Q(state=State.SENDING, lease_until__lt=Instant())
    led = Q(lead__state=State.PENDING) | Q(lead__state=State.SENDING, lead__lease_until__lt=Instant())
    return Q(state=State.PENDING) | left | (Q(state=State.CARRIED) & led)


def drop_all(_member: Member, leaver: Membership, at: datetime) -> None:
    """Send nothing more to somebody who leaves, whatever waits for the morning or a burst's end; part of the leaving.

    What is on its way in this moment still arrives.
    """
    waiting = _held(OutboxMessage.objects.get_queryset().filter(_waiting(), to=leaver))
    carried = OutboxMessage.objects.filter(state=OutboxMessage.State.CARRIED, lead__in=waiting)
    carried.update(state=OutboxMessage.State.DROPPED)
    waiting.filter(forget=True).update(facts={})
    waiting.update(state=OutboxMessage.State.DROPPED, lease_until=None)


def withhold(thread: str, *, unless: Callable[[Membership], bool]) -> None:
    """Don't send what waits of a conversation, unless to somebody of whom this holds; what it carries waits anew."""
    waiting = _held(OutboxMessage.objects.get_queryset().filter(_waiting(), thread=thread))
    rows = dict(waiting.exclude(to=None).values_list("pk", "to"))
    people = members.with_rights(Membership.objects.filter(pk__in=set(rows.values())))
    kept = {person.pk for person in people if unless(person)}
    gone = [number for number, person_id in rows.items() if person_id not in kept]
    if gone:
        carried = OutboxMessage.objects.filter(lead__in=gone).exclude(pk__in=gone)
        carried.update(state=OutboxMessage.State.PENDING, lead=None)
        OutboxMessage.objects.filter(pk__in=gone).update(state=OutboxMessage.State.DROPPED, lead=None, lease_until=None)


def silence(*, before: datetime) -> int:
    """Count what an import posted, and what was due before, as sent in its time; return how much that was."""
    open_now = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING, attempts=0, due_at__lt=before)
    open_now.filter(forget=True).update(facts={})
    return open_now.update(state=OutboxMessage.State.SENT, created_at=F("due_at"), sent_at=F("due_at"))


def _letterhead(host: Host, at: datetime) -> dict[str, Any]:
    organisation = host.organisation
    return {
        "happened_at": at.isoformat(),
        "base": host.address,
        "organisation": {
            "name": organisation.name,
            "colour": organisation.colour,
            "logo": organisation.logo.name,
            "sender": organisation.sender_address,
            "host": host.name,
        },
    }


def _nudge_after_commit() -> None:
    if not any(_wake in hook for hook in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    nudge.ring()
