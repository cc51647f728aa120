"""The measurements (j) to (n): what is due, the clocks behind it, and the mails that tell of it."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.bench.figures import Count, Figure, Line, alternate
from config.bench.filling import of_all
from config.bench.stand import Hand, Site, hands, sink
from tenancy.engine import BATCH

WORKERS = 2
ROUNDS = 3
SOON = 1.0
"""Seconds from the order until all is due: by then every worker has it."""
WITHIN = 30.0
DEADLINES, TIMERS, CLOCKS, MAILS, TIMES = 5_000, 1_000_000, 100_000, 2_000, 200


@dataclass
class Due:
    """These measurements on one site, with a ``share`` of the rows that they ask for."""

    site: Site
    share: float = 1.0

    def measures(self) -> dict[str, Any]:
        """By letter."""
        return {
            "j": self.deadlines,
            "k": self.idling,
            "l": self.one_clock,
            "m": self.recounting,
            "n": self.mails,
        }

    def deadlines(self) -> Iterator[Line]:
        """(j) Very many deadlines in the same second, beside a bare loop that claims and inserts the same."""
        count, took = self._of(DEADLINES), []
        with hands(self.site, WORKERS) as workers:

            def product() -> float:
                seconds = self._fire(workers, count, "fire deadlines")
                took.append(seconds)
                return count / seconds

            def bare() -> float:
                return count / self._fire(workers, count, "fire bare ones")

            rates = alternate(product, bare, ROUNDS)
            workers[0].do("clear")
        yield Count(
            "j", f"the last of {count:,} deadlines", max(took), WITHIN, "seconds late, at worst", {"took": took}
        )
        yield Figure("j", f"{count:,} deadlines in one second", *rates, 0.15)

    def idling(self) -> Iterator[Line]:
        """(k) A tick while very many timers wait and none is due."""
        count = self._of(TIMERS)
        with hands(self.site, 1) as (worker,):
            found = worker.do("tick idly", timers=count)
        yield Count("k", f"a tick beside {count:,} timers", found["milliseconds"], 3, "ms in the database", found)

    def one_clock(self) -> Iterator[Line]:
        """(l) Explain one clock, and aim one anew."""
        with hands(self.site, 1) as (worker,):
            found = worker.do("time a clock", organisation=self.site.places.organisation_id, times=self._of(TIMES))
        turns = found["turns"]
        yield Count("l", f"explain a clock of {turns} turns", found["explain"], 2, "ms", found)
        yield Count("l", "aim it anew", found["retarget"], 2, "ms", found)
        what = f"an incident's {found['clocks']} clocks, with statements"
        yield Count("l", what, found["replan"] / found["clocks"], 2, "ms a clock, by the wall clock", found)

    def recounting(self) -> Iterator[Line]:
        """(m) Recount every clock from the trail."""
        with hands(self.site, 1) as (worker,):
            laid = worker.do("wind clocks", clocks=self._of(CLOCKS))
            found = worker.do("recount", organisations=laid["organisations"])
            worker.do("clear")
        if found["wrong"]:
            raise RuntimeError(f"{found['wrong']} clocks are not what the trail makes.")
        seconds = found["seconds"] * CLOCKS / found["clocks"]
        yield Count("m", f"recount {CLOCKS:,} clocks, from {found['clocks']:,}", seconds, 60, "seconds", found)

    def mails(self) -> Iterator[Line]:
        """(n) Mails out of the outbox, beside a plain loop that hands over mails made before."""
        count = self._of(MAILS)
        with sink() as port, hands(self.site, WORKERS, EMAIL_URL=f"smtp://127.0.0.1:{port}") as workers:

            def product() -> float:
                workers[0].do("post mails", count=count)
                seconds = _together(workers, "mail")
                if left := workers[0].do("count waiting mails")["left"]:
                    raise RuntimeError(f"{left} mails were not sent.")
                return count / seconds

            def bare() -> float:
                each = max(1, count // WORKERS)
                return each * WORKERS / _together(workers, "mail bare ones", count=each)

            workers[0].do("post mails", count=20)  # all is warm then, and the bare loop has mails to copy
            _together(workers, "mail")
            rates = alternate(product, bare, ROUNDS)
            workers[0].do("clear")
        yield Figure("n", f"{count:,} mails by {WORKERS} workers", *rates, 0.5, unit="of a plain loop's rate")

    def _of(self, count: int) -> int:
        return of_all(count, self.share)

    def _fire(self, workers: list[Hand], count: int, how: str) -> float:
        """Seconds from the moment that all are due until the last was done."""
        workers[0].do("lay deadlines", count=count, at=(at := time.time() + SOON))
        seconds = _together(workers, how, at=at, batch=BATCH)
        found = workers[0].do("count what fired", at=at)
        if (found["entries"], found["letters"], found["left"]) != (count, count, 0):
            raise RuntimeError(f"Of {count} deadlines were written: {found}")
        return seconds


def _together(workers: list[Hand], deed: str, at: float = 0.0, **order: Any) -> float:
    """Have all begin at once; return the seconds until the last has done."""
    at = at or time.time() + SOON
    for worker in workers:
        worker.begin(deed, at=at, **order)
    return float(max(worker.answer()["ended"] for worker in workers) - at)
