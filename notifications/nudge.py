"""Wake the worker. Redis carries only this wake-up: a lost one costs two seconds, until the sweep."""

from celery import Celery
from prometheus_client import Counter
from structlog.contextvars import get_contextvars

from notifications.bell import TIMEOUT, Bell, Carry

FAILURES = Counter("stillwater_nudge_failures_total", "Times that the broker did not take a wake-up call")

TASK = "notifications.tasks.deliver"
# Which request rang last: rings that fall together are told of as its.
_cause: dict[str, str] = {}


def _connect() -> Carry:
    app = Celery("nudge", set_as_current=False)
    app.config_from_object("django.conf:settings", namespace="CELERY")
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "max_retries": 0,
    }
    return lambda: app.send_task(TASK, retry=False, expires=10, ignore_result=True, headers=dict(_cause))


bell = Bell("nudge", _connect, FAILURES)


def ring() -> None:
    """Ask for the worker; returns at once, whatever state the broker is in."""
    if request_id := get_contextvars().get("request_id"):
        _cause["request_id"] = request_id
    bell.ring()
