"""Wake the worker, without ever failing or slowing whoever asks.

Redis carries only this wake-up: a lost one costs two seconds, until the sweep. So it is tried once, off the
request's thread, and not at all for a while after it failed.
"""

import os
import threading
import time

import structlog
from celery import Celery
from prometheus_client import Counter
from structlog.contextvars import get_contextvars

log = structlog.get_logger(__name__)
FAILURES = Counter("stillwater_nudge_failures_total", "Times that the broker did not take a wake-up call")

TASK = "notifications.tasks.deliver"
TIMEOUT = 0.5
PAUSE_AFTER_FAILURE = 5.0
# Nudges within this time fall together.
GAP = 0.05


class Bell:
    """One pending ring at most, and one thread of its own that passes it on."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Start over: no ring is pending, nobody attends."""
        self._rung = threading.Event()
        # Which request rang last: rings that fall together are told of as its.
        self._cause: dict[str, str] = {}
        self._hiring = threading.Lock()
        self._ringer: threading.Thread | None = None

    def ring(self) -> None:
        """Ask for the worker; returns at once, whatever state the broker is in."""
        if request_id := get_contextvars().get("request_id"):
            self._cause["request_id"] = request_id
        self._rung.set()
        if not self._is_attended():
            with self._hiring:
                if not self._is_attended():
                    whom = [self._rung, self._cause]
                    self._ringer = threading.Thread(target=_attend, args=whom, name="nudge", daemon=True)
                    self._ringer.start()

    def _is_attended(self) -> bool:
        return self._ringer is not None and self._ringer.is_alive()


def _attend(rung: threading.Event, cause: dict[str, str]) -> None:
    app: Celery | None = None
    while True:
        rung.wait()
        rung.clear()
        try:
            app = app or _app()
            app.send_task(TASK, retry=False, expires=10, ignore_result=True, headers=dict(cause))
            time.sleep(GAP)
        except Exception as error:  # whatever is wrong with the broker, the sweep makes up for it
            FAILURES.inc()
            log.warning("nudge failed", failure=type(error).__name__)
            app = None
            time.sleep(PAUSE_AFTER_FAILURE)


def _app() -> Celery:
    app = Celery("nudge", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "max_retries": 0,
    }
    return app


bell = Bell()
# A thread does not survive a fork, and a lock may be held in it for ever.
os.register_at_fork(after_in_child=bell.forget)


def ring() -> None:
    """Ask for the worker; returns at once, whatever state the broker is in."""
    bell.ring()
