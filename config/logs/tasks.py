"""What a worker tells: one line per task, with the id of the request that asked for it.

Celery's own lines quote a task's arguments and what it returned.
"""

import time
from typing import Any

import structlog
from celery import signals
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from config.metrics import pool, tasks

log = structlog.get_logger("config.tasks")
# What beat asks for every few seconds is told only to who asks for details.
QUIET = {"notifications.tasks.sweep", "tenancy.tasks.tick"}


def connect() -> None:
    """Listen to Celery; its set-up of logging is not needed."""
    signals.setup_logging.connect(_leave_as_is)
    signals.before_task_publish.connect(_carry_request_id)
    signals.task_prerun.connect(_begin)
    signals.task_postrun.connect(_end)


def _leave_as_is(**_facts: Any) -> None:
    """Being listened to keeps Celery from adding handlers of its own."""


def _carry_request_id(headers: dict[str, Any], **_facts: Any) -> None:
    if request_id := get_contextvars().get("request_id"):
        headers.setdefault("request_id", request_id)


def _begin(task_id: str, task: Any, **_facts: Any) -> None:
    clear_contextvars()
    asked = task.request.get("request_id") or (task.request.headers or {}).get("request_id")
    bind_contextvars(task=task.name, task_id=task_id, **({"request_id": str(asked)[:64]} if asked else {}))
    task.request.began = time.monotonic()


def _end(task: Any, state: str | None = None, **_facts: Any) -> None:
    took = time.monotonic() - getattr(task.request, "began", time.monotonic())
    outcome = (state or "unknown").lower()
    pool.note()
    tasks.TASKS.labels(task.name, outcome).inc()
    tasks.SECONDS.labels(task.name).observe(took)
    tell = log.debug if task.name in QUIET and outcome == "success" else log.info
    tell("task", outcome=outcome, duration_ms=round(took * 1000, 1))
    clear_contextvars()
