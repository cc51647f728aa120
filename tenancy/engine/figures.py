"""How well the engine keeps up: counted while it works, and asked of the database over the wall."""

from dataclasses import dataclass

from django.db import connection
from prometheus_client import Counter, Histogram

from tenancy.engine.work import works

LATENESS = Histogram(
    "stillwater_due_lateness_seconds",
    "How late due work was done",
    ["work"],
    buckets=(0.5, 1, 2, 3, 5, 7.5, 10, 15, 30, 60, 300, 1800),
)
RETRIES = Counter("stillwater_due_retries_total", "Times that due work was tried once more", ["work"])


@dataclass(frozen=True, slots=True)
class Overdue:
    """What is due of one work in all organisations: rows, the oldest's age in seconds, and how many keep failing."""

    rows: int
    oldest: float
    failing: int


def overdue() -> dict[str, Overdue]:
    """What is due now, of each work."""
    found = {}
    try:
        for work in works():
            with connection.cursor() as cursor:
                cursor.callproc(work.figures)
                rows, oldest, failing = cursor.fetchone()
            found[work.name] = Overdue(rows, oldest, failing)
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return found
