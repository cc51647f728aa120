"""Hand the due messages over: claimed by lease under the wall, sent outside any transaction, then marked.

A message is handed over at least once, always under the same Message-ID: a copy goes out only when this process
dies, or the line drops, between the server's acceptance and our mark.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.db.models import F
from prometheus_client import Counter
from psycopg_pool import PoolTimeout

from notifications import bundles, conditions, leases
from notifications.channels import Interrupted, Postponed, Undeliverable, Unreachable, mail
from notifications.channels.envelope import one_line
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions import addresses
from tenancy.clock import Instant
from tenancy.wall import at_once, bound

log = structlog.get_logger(__name__)

State = OutboxMessage.State
AWAY = (OperationalError, InterfaceError, PoolTimeout)
ENDS = (State.SENT, State.FAILED, State.DROPPED)
OUTCOMES = Counter("stillwater_messages_total", "What became of attempts to send a message", ["channel", "outcome"])
BATCH = 50
SENDING_FOR = 30.0
ROUND_FOR = 20.0
# Two days of pauses, each twice as long as the one before.
MAX_ATTEMPTS = 24
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=4)
# So long it is tried to note that a message was sent.
MARKING_FOR = 10.0
TRIED_AGAIN_AFTER = 0.3
# What `_settle` does, for nearly all messages: building it and going to and fro took a fifth of the time of sending.
MARK = """
UPDATE notifications_outboxmessage SET state = 'sent', sent_at = clock_timestamp(), last_error = '', lease_until = NULL
WHERE id = {} AND state = 'sending' AND attempts = {}
"""
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
        waiting = deque(claimed)
        with leases.kept(claimed):
            try:
                while waiting and not stopping.is_set() and time.monotonic() < starts_until:
                    _deliver(waiting.popleft(), send)
            finally:
                _hand_back(waiting)
    return bool(claimed)


def _claim(organisation_id: int) -> list[OutboxMessage]:
    with bound(organisation_id):
        now = bundles.hold(organisation_id)
        due = OutboxMessage.objects.due().order_by("due_at", "id").select_for_update(skip_locked=True)
        messages = bundles.gather(due[:BATCH], now)
        lease_until = now + leases.LEASE
        claimed = OutboxMessage.objects.filter(pk__in=[message.pk for message in messages])
        claimed.update(state=State.SENDING, lease_until=lease_until, attempts=F("attempts") + 1)
    for message in messages:
        message.lease_until = lease_until
        message.attempts += 1
    return messages


def _deliver(message: OutboxMessage, send: Callable[[OutboxMessage], None]) -> None:
    """Send one message and mark what became of it; raise `Interrupted` when the line broke."""
    try:
        if not conditions.is_needed(message):
            _drop(message)
            return
        send(message)
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
        _mark_sent(message)


def _drop(message: OutboxMessage) -> None:
    """Note that nobody needs it any more; what it carries is still needed."""
    with bound(message.home_id):
        bundles.release(message)
        _settle(message, state=State.DROPPED, last_error="")
    OUTCOMES.labels(message.channel, "dropped").inc()


def _mark_sent(message: OutboxMessage) -> None:
    """Note that the server has it; that the database is away for a moment must not cost anybody a copy."""
    deadline = time.monotonic() + MARKING_FOR
    while True:
        try:
            _mark_once(message)
            OUTCOMES.labels(message.channel, "sent").inc()
            return
        except AWAY:
            if time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(TRIED_AGAIN_AFTER)


def _mark_once(message: OutboxMessage) -> None:
    if message.carries or message.forget:
        _settle(message, state=State.SENT, sent_at=Instant(), last_error="", **_forgotten(message))
    else:
        at_once(message.home_id, MARK.format(int(message.pk), int(message.attempts)))


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
    _settle(message, state=State.PENDING, due_at=clock.now() + pause, last_error=_told(why))


def _give_up(message: OutboxMessage, why: str) -> None:
    # What the server answered may quote the address: it stands in the outbox, for those who may see it.
    log.error("message given up", message=message.pk, kind=message.kind, attempts=message.attempts)
    _settle(message, state=State.FAILED, last_error=_told(why), **_forgotten(message))
    OUTCOMES.labels(message.channel, "failed").inc()


def _switch_off(message: OutboxMessage, why: str) -> None:
    """Post nothing more to an address that can never be reached, until somebody says otherwise."""
    if message.to_id:
        with bound(message.home_id):
            addresses.switch_off(message.to_id, address=message.address, why=_told(why))


def _forgotten(message: OutboxMessage) -> dict[str, Any]:
    return {"facts": {}} if message.forget else {}


def _hand_back(messages: Iterable[OutboxMessage]) -> None:
    for message in messages:
        _settle(message, state=State.PENDING, attempts=message.attempts - 1)


def _settle(message: OutboxMessage, **changes: Any) -> None:
    """Change the row, unless the lease ran out and somebody else has it now: each claim counts one attempt more."""
    with bound(message.home_id):
        mine = OutboxMessage.objects.filter(pk=message.pk, state=State.SENDING, attempts=message.attempts)
        if mine.update(lease_until=None, **changes) and message.carries and changes["state"] in ENDS:
            OutboxMessage.objects.filter(lead=message).update(**changes)


def _note(organisation_id: int, why: str) -> None:
    """Show why the due messages still wait; that the server is down counts against none of them."""
    log.warning("mail server unreachable")
    with bound(organisation_id):
        OutboxMessage.objects.due().exclude(last_error=_told(why)).update(last_error=_told(why))


def _told(why: str) -> str:
    """What a server answers is somebody else's text: one line of it, without control characters."""
    return one_line(why, 500)
