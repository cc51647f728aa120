"""A tick: go round the organisations with due work, one batch each per turn, until nothing is due.

Nobody waits for the whole of another's heap: with ten thousand rows due, an organisation still gets no more than one
batch before the next one's. Several processes may do this at once; they leave each other's rows alone.
"""

import threading
import time

import structlog
from django.db import InterfaceError, OperationalError, connection
from psycopg_pool import PoolTimeout

from tenancy.engine.work import Work, works

log = structlog.get_logger(__name__)

# As many rows at most, before it is another organisation's turn.
BATCH = 50
# Seconds after which a tick ends although there is more: whoever asked for it asks again.
LASTING = 10.0
# Set when this process was asked to end: the batch under way is finished, no other is begun.
stopping = threading.Event()

_ticking = threading.Lock()


class Unreachable(Exception):
    """The database does not answer; nothing is lost, all of it stands there."""


def is_cut_off() -> bool:
    """Whether it is the database that is gone: then nobody's row is at fault."""
    return connection.connection is None or bool(connection.connection.closed)


def tick(lasting: float = LASTING) -> int:
    """Do what is due, for so many seconds at most; return how many rows that were.

    One tick at a time in each process: a second one returns at once. Raises `Unreachable` without a database.
    """
    if not _ticking.acquire(blocking=False):
        return 0
    try:
        return _Tick(time.monotonic() + lasting).run()
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise Unreachable(type(error).__name__) from error
    finally:
        _ticking.release()
        if not connection.in_atomic_block:
            connection.close()


class _Tick:
    """One way round, and what was seen on it."""

    def __init__(self, ends: float) -> None:
        self.ends = ends
        self.done = 0
        self.failed: set[tuple[str, int]] = set()

    def run(self) -> int:
        while self._turn() and not self._is_over():
            pass
        return self.done

    def _is_over(self) -> bool:
        return stopping.is_set() or time.monotonic() >= self.ends

    def _turn(self) -> int:
        """One batch for everybody; return how many rows were done."""
        before = self.done
        for work in works():
            for organisation_id in work.waiting():
                if self._is_over():
                    return 0
                if (work.name, organisation_id) not in self.failed:
                    self.done += self._batch(work, organisation_id)
        return self.done - before

    def _batch(self, work: Work, organisation_id: int) -> int:
        try:
            return work.attend(organisation_id)
        except (OperationalError, InterfaceError, PoolTimeout):
            raise
        except Exception as error:  # one organisation's trouble must not keep the others waiting
            if is_cut_off():
                raise Unreachable(type(error).__name__) from error
            log.exception("due work failed", work=work.name, organisation=organisation_id)
            self.failed.add((work.name, organisation_id))
            return 0
