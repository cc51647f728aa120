"""The measurements (o) to (q): answers found while somebody types, a workaround for all who wait, clusters."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from config.bench.figures import Count, Line
from config.bench.stand import Hand, Site, hands, question

ARTICLES, TYPED, ROUNDS = 20_000, 50, 4
WAITING, WORKERS = 500, 2
PERCENT = 0.95


@dataclass
class Finding:
    """These measurements on one site, with a ``share`` of the rows that they ask for."""

    site: Site
    generator: Hand
    share: float = 1.0

    def measures(self) -> dict[str, Any]:
        """By letter."""
        return {"o": self.suggestions, "p": self.broadcast, "q": self.clusters}

    def suggestions(self) -> Iterator[Line]:
        """(o) What is suggested while a report is typed, over the wire, beside the statement alone."""
        organisation = self.site.places.organisation_id
        count = max(100, int(ARTICLES * self.share))
        with hands(self.site, 1) as (worker,):
            worker.do("lay articles", organisation=organisation, count=count)
            texts = worker.do("type", count=TYPED)["texts"]
            self._suggest(texts), worker.do("suggest barely", organisation=organisation, texts=texts)
            whole: list[float] = []
            bare: list[float] = []
            for _turn in range(ROUNDS):
                whole += self._suggest(texts)
                bare += worker.do("suggest barely", organisation=organisation, texts=texts)["milliseconds"]
            worker.do("forget problems")
        late, bare_late = _quantile(whole), _quantile(bare)
        more = {"whole": whole, "bare": bare}
        yield Count("o", f"suggestions from {count:,} articles: p95", late, 80, "ms", more)
        yield Count("o", f"beside {bare_late:.1f} ms of the statement alone", late / bare_late, 5, "times the p95")

    def broadcast(self) -> Iterator[Line]:
        """(p) A workaround on many incidents: all of their messages, trail entries and letters."""
        organisation = self.site.places.organisation_id
        count = max(5, int(WAITING * self.share))
        with hands(self.site, WORKERS) as workers:
            begun = workers[0].do("tell a workaround", organisation=organisation, count=count)
            for worker in workers:
                worker.begin("bring workarounds", organisation=organisation)
            seconds = max(worker.answer()["ended"] for worker in workers) - begun["began"]
            found = workers[0].do("count who was told", organisation=organisation)
            workers[0].do("forget problems")
            workers[0].do("clear")
        if (found["told"], found["left"]) != (begun["incidents"], 0):
            raise RuntimeError(f"Of {begun['incidents']} incidents: {found}")
        what = f"a workaround on {found['told']} incidents, {found['mails']} letters"
        yield Count("p", what, seconds, 5, "seconds", found)

    def clusters(self) -> Iterator[Line]:
        """(q) Searching the largest organisation for clusters."""
        with hands(self.site, 1) as (worker,):
            found = worker.do("search clusters", organisation=self.site.places.organisation_id)
        yield Count("q", f"clusters among {found['incidents']:,} incidents", found["seconds"], 10, "seconds", found)

    def _suggest(self, texts: list[str]) -> list[float]:
        """Milliseconds for each, from the question to the last byte."""
        times = []
        for text in texts:
            asked = question(
                self.site, f"/help/suggest/?{urlencode({'title': text})}", self.site.places.reporter_session
            )
            began = time.perf_counter()
            answer = self.generator.do("fetch", port=self.site.port, request=asked)
            times.append((time.perf_counter() - began) * 1000)
            if answer["status"] != 200:
                raise RuntimeError(f"Answered {answer['status']}: {asked.splitlines()[0]}")
        return times


def _quantile(times: list[float]) -> float:
    return sorted(times)[int(len(times) * PERCENT)]
