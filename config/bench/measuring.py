"""The measurements (a) to (i), on two sites and with one generator; the others stand in `due` and `finding`."""

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.bench.due import Due
from config.bench.figures import Count, Figure, Line, Slice, alternate
from config.bench.finding import Finding
from config.bench.stand import Hand, Site, question

ASSET = re.compile(r'(?:<link[^>]*rel="stylesheet"[^>]*href|<script[^>]*src)="([^"]+)"')


@dataclass(frozen=True)
class Options:
    """How long and how hard."""

    seconds: float = 2.0
    rounds: int = 5
    connections: int = 4
    streams: int = 500
    share: float = 1.0
    """Of the deadlines, timers, clocks, mails and articles that (j) and those after it are about."""


@dataclass
class Bench:
    """Everything that a measurement needs."""

    big: Site
    small: Site
    generator: Hand
    options: Options

    def all(self, letters: str) -> Iterator[Line]:
        """Measure what the letters name, one after the other."""
        measures = {
            "b": self.pages,
            "e": self.statements,
            "f": self.weight,
            "g": self.growth,
            "h": self.streams,
            "i": self.wall,
            **Due(self.big, self.options.share).measures(),
            **Finding(self.big, self.generator, self.options.share).measures(),
            "a": self.reporting,  # last: what is reported would stand on the pages that are measured
        }
        if set(letters) & set("begi"):
            self._note()
        for letter, measure in measures.items():
            if letter in letters:
                yield from measure()

    # --- the measurements

    def reporting(self) -> Iterator[Line]:
        """(a) Reporting, through the API."""
        site, places = self.big, self.big.places
        said = {"title": "The printer prints empty pages", "description": "Since this morning."}
        product = question(site, "/api/v1/incidents/", body=json.dumps({**said, "service": places.service}))
        path = f"/bare/report/{places.organisation_id}/{places.reporter_id}/"
        bare = question(site, path, body=json.dumps({**said, "service": places.service_id}))
        yield self._share("a", "reporting through the API", self._slice(site, product), self._slice(site, bare), 0.35)

    def pages(self) -> Iterator[Line]:
        """(b) to (d): the pages beside their own statements."""
        for letter, page, what in (
            ("b", "queue", "the queue"),
            ("c", "incident", "an incident with 10 messages"),
            ("d", "home", "the portal's home"),
        ):
            product = self._slice(self.big, _pages(self.big)[page])
            yield self._share(letter, what, product, self._slice(self.big, _bare(self.big, page)), 0.2)

    def statements(self) -> Iterator[Line]:
        """(e) Data statements; and that there are as many with a tenth of the rows."""
        for page, request in _pages(self.big).items():
            count, few = self._count(self.big, page, request), self._count(self.small, page, _pages(self.small)[page])
            yield Count("e", f"statements of: {page}", count, 12, "data statements", {"with_a_tenth": few})
            if count != few:
                yield Count("e", f"statements that came with rows: {page}", abs(count - few), 0, "statements")

    def weight(self) -> Iterator[Line]:
        """(f) The portal's page with what it links to, as it goes over the wire."""
        page = self._fetch(self.big, _pages(self.big)["home"])
        parts = {"page": len(_packed(page))}
        for path in dict.fromkeys(ASSET.findall(page["body"])):
            parts[path] = len(_packed(self._fetch(self.big, question(self.big, path))))
        yield Count("f", "the portal's page, CSS and JS", sum(parts.values()) / 1024, 60, "KB compressed", parts)

    def growth(self) -> Iterator[Line]:
        """(g) The same pages with ten times as many incidents."""
        for page, request in _pages(self.big).items():
            few, many = self._slice(self.small, _pages(self.small)[page]), self._slice(self.big, request)
            yield self._figure("g", f"ten times the incidents: {page}", few, many, 1.3, False, "times the time")

    def streams(self) -> Iterator[Line]:
        """(h) Idle event streams: what they weigh, and what they cost the queue."""
        streams = [question(self.big, "/live/?topic=home", session) for session in self.big.places.followers]
        queue = self._slice(self.big, _pages(self.big)["queue"])
        queue()
        before = self.big.megabytes
        if (got := self._hold(streams, self.options.streams)) < self.options.streams:
            yield Count("h", "event streams that were refused", self.options.streams - got, 0, "streams")
        yield Count("h", f"memory of {got} idle streams", self.big.megabytes - before, 30, "MB")
        self._hold(streams, 0)

        def busy() -> float:
            self._hold(streams, self.options.streams)
            rate = queue()
            self._hold(streams, 0)
            return rate

        yield self._figure("h", "the queue beside them", busy, queue, 0.8, True, "of the rate without")

    def wall(self) -> Iterator[Line]:
        """(i) The same statements behind the wall and without it."""
        for page in ("queue", "incident", "home"):
            walled, free = (self._slice(self.big, _bare(self.big, page, wall)) for wall in ("walled", "open"))
            yield self._figure("i", f"the wall on and off: {page}", walled, free, 0.88, True, "of the rate without")

    # --- how

    def _share(self, letter: str, what: str, product: Slice, bare: Slice, aim: float) -> Figure:
        return self._figure(letter, what, product, bare, aim, True, "of the bare rate")

    def _figure(self, letter: str, what: str, one: Slice, other: Slice, aim: float, least: bool, unit: str) -> Figure:
        one(), other()
        return Figure(letter, what, *alternate(one, other, self.options.rounds), aim, least, unit)

    def _slice(self, site: Site, request: str) -> Slice:
        def measure() -> float:
            more = {"seconds": self.options.seconds, "connections": self.options.connections}
            answer = self.generator.do("load", port=site.port, request=request, **more)
            if answer["wrong"]:
                raise RuntimeError(f"Answered {answer['wrong']}: {request.splitlines()[0]}")
            return float(answer["rate"])

        return measure

    def _fetch(self, site: Site, request: str) -> dict[str, Any]:
        return self.generator.do("fetch", port=site.port, request=request)

    def _count(self, site: Site, page: str, request: str) -> int:
        answer = self._fetch(site, request.replace("\r\n", f"\r\nX-Bench-Note: {page}\r\n", 1))
        if answer["status"] != 200:
            raise RuntimeError(f"Answered {answer['status']}: {request.splitlines()[0]}")
        return int(answer["head"].lower().split("x-bench-statements:")[1].split()[0])

    def _note(self) -> None:
        """Have each page's statements noted, for the bare views to ask the same; the second time all is warm."""
        for site in (self.big, self.small):
            for page, request in _pages(site).items():
                for _turn in range(2):
                    self._count(site, page, request)

    def _hold(self, requests: list[str], count: int) -> int:
        return int(self.generator.do("hold", port=self.big.port, requests=requests, count=count)["open"])


def _pages(site: Site) -> dict[str, str]:
    places = site.places
    return {
        "queue": question(site, "/desk/incidents/", places.agent_session),
        "incident": question(site, f"/desk/incidents/INC-{places.incident}/", places.agent_session),
        "home": question(site, "/", places.reporter_session),
    }


def _bare(site: Site, page: str, wall: str = "walled") -> str:
    return question(site, f"/bare/{wall}/{page}/{site.places.organisation_id}/")


def _packed(answer: dict[str, Any]) -> bytes:
    """The body as it goes over the wire; a proxy packs what the product sends as it is."""
    body = bytes(answer["body"].encode("latin-1"))
    return body if "content-encoding:" in answer["head"].lower() else gzip.compress(body, 6)
