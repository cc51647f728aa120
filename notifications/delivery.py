"""Hand the due messages over: claimed by lease under the wall, sent outside any transaction, then marked.

A message is handed over at least once, always under the same Message-ID: a copy goes out only when this process
dies, or the line drops, between the server's acceptance and our mark.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import connection

from notifications import bundles, conditions, leases
from notifications.channels import Interrupted, Postponed, Undeliverable, Unreachable, mail
from notifications.channels.envelope import one_line
from notifications.marking import AWAY, OUTCOMES, Marks, forgotten, settle
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions import addresses
from tenancy.wall import bound

log = structlog.get_logger(__name__)

State = OutboxMessage.State
BATCH = 100
SENDING_FOR = 30.0
ROUND_FOR = 20.0
# Two days of pauses, each twice as long as the one before.
MAX_ATTEMPTS = 24
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=4)
Send = Callable[[OutboxMessage], None]
# Set when this process was asked to end: what is on its way is finished, the rest is handed back.
stopping = threading.Event()


def deliver_due() -> None:
    """Go round the organisations until nothing is due, the line is down, or it has been long enough."""
    ends = time.monotonic() + ROUND_FOR
    claimed = True
    while claimed and not stopping.is_set():
        claimed = False
        for organisation_id in _organisations_with_due_mail():
            if stopping.is_set() or time.monotonic() > ends:
                return
            try:
                claimed = _deliver_batch(organisation_id) or claimed
            except bundles.Busy:
                log.warning("outbox busy", organisation=organisation_id)
            except Interrupted:
                return
            except Unreachable as error:
                _note(organisation_id, str(error))
                return


def _organisations_with_due_mail() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisations_with_due_mail()")
        return [row[0] for row in cursor.fetchall()]


def _deliver_batch(organisation_id: int) -> bool:
    """Send up to `BATCH` messages of one organisation over one connection; tell whether there were any."""
    with mail.session() as send:
        starts_until = time.monotonic() + SENDING_FOR
        claimed = _claim(organisation_id)
        waiting, marks = deque(claimed), Marks()
        with leases.kept(claimed):
            try:
                while waiting and not stopping.is_set() and time.monotonic() < starts_until:
                    _deliver(waiting.popleft(), send, marks)
            finally:
                marks.hear()
                _hand_back(waiting)
    return bool(claimed)


def _claim(organisation_id: int) -> list[OutboxMessage]:
    with bound(organisation_id):
        now = bundles.hold(organisation_id)
        due = OutboxMessage.objects.due().order_by("due_at", "id").select_for_update(skip_locked=True)
        return bundles.claim(due[:BATCH], now, lease_until=now + leases.LEASE)


def _deliver(message: OutboxMessage, send: Send, marks: Marks) -> None:
    """Send one message and mark what became of it; raise `Interrupted` when the line broke."""
    try:
        if message.still:
            marks.hear()
        if not conditions.is_needed(message):
            _drop(message)
            return
        _hand_over(message, send, marks)
    except Undeliverable as error:
        _give_up(message, str(error))
        _switch_off(message, str(error))
    except Interrupted as error:
        _try_later(message, str(error))
        raise
    except Postponed as error:
        _try_later(message, str(error))
    except AWAY:  # it is not the message's fault, and nothing can be noted
        raise
    except Exception as error:  # one bad message must not take its batch along
        log.exception("message can't be made", message=message.pk, kind=message.kind)
        _take_apart(message)
        _try_later(message, f"{type(error).__name__}: {error}")
    else:
        marks.sent(message)


def _hand_over(message: OutboxMessage, send: Send, marks: Marks) -> None:
    try:
        send(message)
    except Exception:
        marks.hear()  # what becomes of this one has to be noted in its turn
        raise


def _drop(message: OutboxMessage) -> None:
    """Note that nobody needs it any more; what it carries is still needed."""
    with bound(message.home_id):
        bundles.release(message)
        settle(message, state=State.DROPPED, last_error="")
    OUTCOMES.labels(message.channel, "dropped").inc()


def _take_apart(message: OutboxMessage) -> None:
    """One bad message must not take its bundle along either."""
    if message.carries:
        with bound(message.home_id):
            bundles.dissolve(message)


def _try_later(message: OutboxMessage, why: str) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _give_up(message, why)
        return
    OUTCOMES.labels(message.channel, "retried").inc()
    pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
    settle(message, state=State.PENDING, due_at=clock.now() + pause, last_error=_told(why))


def _give_up(message: OutboxMessage, why: str) -> None:
    # What the server answered may quote the address: it stands in the outbox, for those who may see it.
    log.error("message given up", message=message.pk, kind=message.kind, attempts=message.attempts)
    settle(message, state=State.FAILED, last_error=_told(why), **forgotten(message))
    OUTCOMES.labels(message.channel, "failed").inc()


def _switch_off(message: OutboxMessage, why: str) -> None:
    """Post nothing more to an address that can never be reached, until somebody says otherwise."""
    if message.to_id:
        with bound(message.home_id):
            addresses.switch_off(message.to_id, address=message.address, why=_told(why))


def _hand_back(messages: Iterable[OutboxMessage]) -> None:
    for message in messages:
        settle(message, state=State.PENDING, attempts=message.attempts - 1)


def _note(organisation_id: int, why: str) -> None:
    """Show why the due messages still wait; that the server is down counts against none of them."""
    log.warning("mail server unreachable")
    with bound(organisation_id):
        OutboxMessage.objects.due().exclude(last_error=_told(why)).update(last_error=_told(why))


def _told(why: str) -> str:
    """What a server answers is somebody else's text: one line of it, without control characters."""
    return one_line(why, 500)
