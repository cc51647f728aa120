"""Who follows what in this process."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Follower:
    """A member of an organisation, and what they follow."""

    organisation_id: int
    member_id: int
    topic: str


@dataclass(eq=False, slots=True)
class Stream:
    """One page that stands open."""

    follower: Follower
    is_over: bool = False
    is_behind: bool = False
    """Whether something has changed since the page was last told."""
    _rung: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Something has changed."""
        self.is_behind = True
        self._rung.set()

    def end(self) -> None:
        """Nobody listens any more, or nothing more is to come."""
        self.is_over = True
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Wait until something happens, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        self._rung.clear()


class Hub:
    """All open streams; bounded for the process and for each member."""

    def __init__(self) -> None:
        self.is_closed = False
        self._streams: defaultdict[tuple[int, str], set[Stream]] = defaultdict(set)
        self._count: Counter[tuple[int, int]] = Counter()

    def join(self, follower: Follower) -> Stream | None:
        """Open a stream; None where there are too many already, or the process is about to end."""
        mine = (follower.organisation_id, follower.member_id)
        most, most_of_one = settings.LIVE_STREAMS, settings.LIVE_STREAMS_PER_MEMBER
        if self.is_closed or self._count.total() >= most or self._count[mine] >= most_of_one:
            return None
        stream = Stream(follower)
        self._count[mine] += 1
        self._streams[follower.organisation_id, follower.topic].add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        follower = stream.follower
        mine, key = (follower.organisation_id, follower.member_id), (follower.organisation_id, follower.topic)
        self._count[mine] -= 1
        if not self._count[mine]:
            del self._count[mine]
        self._streams[key].discard(stream)
        if not self._streams[key]:
            del self._streams[key]

    def tell(self, organisation_id: int, topics: Iterable[str]) -> None:
        """Something has changed for those who follow one of these."""
        for topic in topics:
            for stream in self._streams.get((organisation_id, topic), ()):
                stream.tell()

    def end_all(self) -> None:
        """End what is open; the pages come back, or look now and then."""
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    def close(self) -> None:
        """End all, and take no more."""
        self.is_closed = True
        self.end_all()
