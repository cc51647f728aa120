"""All figures at once: those of every process that shares the folder, and those that the database knows.

With ``PROMETHEUS_MULTIPROC_DIR`` each process keeps its figures in files of that folder, so that whichever is asked
answers for all, the workers included. Without it a process answers for itself.
"""

import os
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import structlog
from django.db import DatabaseError, connection
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from psycopg_pool import PoolTimeout

from config.metrics import pool
from tenancy import engine

log = structlog.get_logger(__name__)
OUTBOX = (
    ("stillwater_outbox_waiting", "Messages that are promised and not sent yet"),
    ("stillwater_outbox_due", "Messages that should be on their way now"),
    ("stillwater_outbox_oldest_due_seconds", "How long the oldest of these is due; 0: none is"),
    ("stillwater_outbox_untried_seconds", "How long the oldest due message waits that no worker has looked at"),
    ("stillwater_outbox_failed", "Messages that were given up"),
)
DUE = (
    ("stillwater_due_rows", "Rows whose time has come and that are not done yet"),
    ("stillwater_due_oldest_seconds", "How long the oldest of these is due; 0: none is"),
    ("stillwater_due_failing", "Rows that fail again and again"),
)


def everything() -> CollectorRegistry:
    """Return what is to be written down now."""
    pool.note()
    registry = CollectorRegistry()
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        forget_the_dead(Path(folder))
        registry.register(MultiProcessCollector(CollectorRegistry(), folder))
    else:
        registry.register(_Own())
    registry.register(_Database())
    return registry


def forget_the_dead(folder: Path) -> None:
    """Drop what ended processes said of their present; what they counted stays counted."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdigit() and not _is_alive(int(pid)):
            file.unlink(missing_ok=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class _Own(Collector):
    """What this one process counts."""

    def collect(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()


class _Database(Collector):
    """What the database knows of all organisations together; none of it where the database does not answer."""

    def collect(self) -> Iterator[Metric]:
        due: dict[str, engine.Overdue] = {}
        try:
            figures = outbox_figures()
            due = engine.overdue()
        except (DatabaseError, PoolTimeout) as error:
            log.warning("figures not read", failure=type(error).__name__)
            figures = None
        yield GaugeMetricFamily("stillwater_database_up", "Whether the database answered", value=int(bool(figures)))
        for (name, words), value in zip(OUTBOX, figures or (), strict=False):
            yield GaugeMetricFamily(name, words, value=float(value))
        for place, (name, words) in enumerate(DUE):
            family = GaugeMetricFamily(name, words, labels=["work"])
            for work, row in due.items():
                family.add_metric([work], float(astuple(row)[place]))
            yield family


def outbox_figures() -> tuple[float, ...]:
    """Return what `OUTBOX` names, over all organisations."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM outbox_figures()")
            found: tuple[float, ...] = cursor.fetchone()
            return found
    finally:
        if not connection.in_atomic_block:
            connection.close()
