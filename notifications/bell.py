"""A thread of its own that carries word to Redis, without ever failing or slowing whoever asks.

What is carried may get lost: something else makes up for it. So it is tried once, off the request's thread, and not
at all for a while after it failed.
"""

import os
import threading
import time
from collections.abc import Callable

import structlog
from prometheus_client import Counter

log = structlog.get_logger(__name__)

TIMEOUT = 0.5
PAUSE_AFTER_FAILURE = 5.0
# What is asked within this time falls together.
GAP = 0.05

Carry = Callable[[], object]


class Bell:
    """One pending ring at most, and one thread that answers it: ``connect()`` gives what carries the word."""

    def __init__(self, name: str, connect: Callable[[], Carry], failures: Counter) -> None:
        self._name = name
        self._connect = connect
        self._failures = failures
        self.forget()
        # A thread does not survive a fork, and a lock may be held in it for ever.
        os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        """Start over: no ring is pending, nobody attends."""
        self._rung = threading.Event()
        self._hiring = threading.Lock()
        self._ringer: threading.Thread | None = None

    def ring(self) -> None:
        """Ask for it; returns at once, whatever state Redis is in."""
        self._rung.set()
        if not self._is_attended():
            with self._hiring:
                if not self._is_attended():
                    work = [self._rung, self._name, self._connect, self._failures]
                    self._ringer = threading.Thread(target=_attend, args=work, name=self._name, daemon=True)
                    self._ringer.start()

    def _is_attended(self) -> bool:
        return self._ringer is not None and self._ringer.is_alive()


def _attend(rung: threading.Event, name: str, connect: Callable[[], Carry], failures: Counter) -> None:
    carry: Carry | None = None
    while True:
        rung.wait()
        rung.clear()
        try:
            carry = carry or connect()
            carry()
            time.sleep(GAP)
        except Exception as error:  # whatever is wrong with Redis, somebody makes up for it
            failures.inc()
            log.warning(f"{name} failed", failure=type(error).__name__)
            carry = None
            time.sleep(PAUSE_AFTER_FAILURE)
