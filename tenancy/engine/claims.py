"""Rows that fall due, claimed in batches: counted before they are tried, and never taking their batch along.

Whoever dies holds nothing up: after a pause its rows are tried again, the longer the more often they failed, and among
ever fewer of their like, so that the one that takes its process along is soon alone.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

import structlog
from django.db.models import F, QuerySet

from tenancy import clock
from tenancy.engine.figures import RETRIES
from tenancy.engine.turns import BATCH, is_cut_off
from tenancy.wall import OneOf, Written, bound

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)
# So many at once of those that were tried 0, 1, 2, 3 times before; then each alone.
TOGETHER = (BATCH, BATCH, 12, 3)
ALONE = len(TOGETHER)


@dataclass(frozen=True)
class Claims:
    """One sort of rows with ``due_at``, ``retry_at``, ``attempts`` and ``last_error``.

    ``due`` reads those whose time has come, the longest overdue first. ``attend(ids)`` is called bound, in a
    transaction of its own; it does what is due of these rows and returns the ids of those that it left to somebody
    else, who holds them in this moment.
    """

    name: str
    due: Callable[[], "QuerySet[Any]"]
    attend: Callable[[list[int]], Collection[int]]

    def attend_batch(self, organisation_id: int) -> int:
        """Attend to up to `BATCH` rows of an organisation; return how many were claimed."""
        claimed = self.claim(organisation_id)
        if not claimed:
            return 0
        try:
            return len(claimed) - self.round(organisation_id, claimed)
        except Exception:  # whatever it is: the time of the others has come, too
            if is_cut_off():
                raise
            log.exception("a round failed", work=self.name, rows=claimed)
        for row_id in claimed:
            self._alone(organisation_id, row_id)
        return len(claimed)

    def claim(self, organisation_id: int) -> list[int]:
        """Count one more try for each, and commit that before it is tried: what kills its process counts, too."""
        with bound(organisation_id):
            rows = self._ready()
            if rows:
                size = _together(rows[0])
                rows = [row for row in rows if _together(row) == size][:size]
            at = clock.now()
            for attempts, alike in groupby(sorted(rows, key=_attempts), key=_attempts):
                pause = min(FIRST_PAUSE * 2 ** min(attempts, 30), LONGEST_PAUSE)
                mine = self._rows(row.pk for row in alike)
                mine.update(attempts=attempts + 1, retry_at=at + pause)
        RETRIES.labels(self.name).inc(sum(row.attempts > 0 for row in rows))
        return [row.pk for row in rows]

    def round(self, organisation_id: int, row_ids: list[int]) -> int:
        """Attend to these, which were claimed; return how many somebody else has, whose turn comes right after.

        Those are given back in a transaction of its own, which waits for nobody: whoever works on a record takes its
        lock first and its row's after it, so to wait for a row while holding a record would be a way to wait for each
        other.
        """
        with bound(organisation_id):
            left = self.attend(row_ids)
        if left:
            with bound(organisation_id):
                free = self._rows(left).filter(attempts__gt=0).select_for_update(of=("self",), skip_locked=True)
                self._rows(row.pk for row in free).update(attempts=F("attempts") - 1, retry_at=None)
        return len(left)

    def _alone(self, organisation_id: int, row_id: int) -> None:
        try:
            self.round(organisation_id, [row_id])
        except Exception as error:  # it is shown to a human, and tried again later and later
            if is_cut_off():
                raise
            log.exception("a row can't be attended to", work=self.name, row=row_id)
            with bound(organisation_id):
                self._rows([row_id]).update(last_error=f"{type(error).__name__}: {error}"[:500])

    @cached_property
    def _ready(self) -> Written[Any]:
        return Written(lambda: self.due().select_for_update(of=("self",), skip_locked=True)[:BATCH])

    @cached_property
    def _model(self) -> Any:
        return self.due().model

    def _rows(self, ids: Iterable[int]) -> "QuerySet[Any]":
        rows: QuerySet[Any] = self._model.objects.filter(OneOf("pk", list(ids)))
        return rows


def _attempts(row: Any) -> int:
    return int(row.attempts)


def _together(row: Any) -> int:
    return TOGETHER[row.attempts] if row.attempts < ALONE else 1
