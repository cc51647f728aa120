"""Note on its row what became of a claimed message, unless somebody else has claimed it since.

That a message was sent is noted while the next one is on its way: going to the database and back took as long as
handing over. PostgreSQL has the note as soon as the mail server has the message, though this process may die then.
"""

import time
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, connection
from prometheus_client import Counter
from psycopg_pool import PoolTimeout

from notifications.models import OutboxMessage
from tenancy.clock import Instant
from tenancy.wall import bound, said

State = OutboxMessage.State
OUTCOMES = Counter("stillwater_messages_total", "What became of attempts to send a message", ["channel", "outcome"])
AWAY = (OperationalError, InterfaceError, PoolTimeout)
ENDS = (State.SENT, State.FAILED, State.DROPPED)
# So long it is tried to note that a message was sent.
MARKING_FOR = 10.0
TRIED_AGAIN_AFTER = 0.3


def settle(message: OutboxMessage, **changes: Any) -> None:
    """Change the row, unless the lease ran out and somebody else has it now: each claim counts one attempt more."""
    with bound(message.home_id):
        mine = OutboxMessage.objects.filter(pk=message.pk, state=State.SENDING, attempts=message.attempts)
        if mine.update(lease_until=None, **changes) and message.carries and changes["state"] in ENDS:
            OutboxMessage.objects.filter(lead=message).update(**changes)


def forgotten(message: OutboxMessage) -> dict[str, Any]:
    """What is erased once nothing more becomes of it."""
    return {"facts": {}} if message.forget else {}


class Marks:
    """The notes of one batch. Whoever needs the connection for anything else must `hear` first."""

    def __init__(self) -> None:
        self._last: OutboxMessage | None = None
        self._answer: Callable[[], None] | None = None

    def sent(self, message: OutboxMessage) -> None:
        """Note that the server has it, after what is still to be heard of the one before."""
        self.hear()
        self._last = message
        try:
            self._answer = _mark(message)
        except AWAY:
            self.hear()

    def hear(self) -> None:
        """Wait for the last note; that the database is away for a moment must not cost anybody a copy."""
        message, answer = self._last, self._answer
        self._last = self._answer = None
        if message is None:
            return
        deadline = time.monotonic() + MARKING_FOR
        while True:
            try:
                (answer or _mark(message))()
                OUTCOMES.labels(message.channel, "sent").inc()
                return
            except AWAY:
                if time.monotonic() > deadline:
                    raise
                answer = None
                connection.close()
                time.sleep(TRIED_AGAIN_AFTER)


def _mark(message: OutboxMessage) -> Callable[[], None]:
    """Begin to note that it was sent; what is returned waits until that is done."""
    if message.carries or message.forget:
        settle(message, state=State.SENT, sent_at=Instant(), last_error="", **forgotten(message))
        return lambda: None
    # What `settle` does, for nearly all messages: building it and going to and fro took a fifth of the time of sending.
    return said(message.home_id, f"message_sent({int(message.pk)}, {int(message.attempts)})")
