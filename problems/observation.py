"""When a problem is looked at by itself, and what its observation after a fix says. Pure, no framework."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

LOOKED_AT_EVERY = timedelta(hours=1)


class Verdict(StrEnum):
    """What the observation says so far."""

    REOPEN = auto()
    """So many reporters say that it is still broken that it can't be fixed."""
    DECIDE = auto()
    """It seems to have happened again: its manager decides."""
    PROVEN = auto()
    """The time is over, and it stayed away."""
    GO_ON = auto()


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen since the fix."""

    rejections: int = 0
    recurrences: int = 0


def judge(seen: Seen, *, rejections_to_reopen: int, is_over: bool) -> Verdict:
    """What follows from what was seen; the gravest first."""
    if seen.rejections >= rejections_to_reopen:
        return Verdict.REOPEN
    if seen.recurrences or seen.rejections:
        return Verdict.DECIDE
    return Verdict.PROVEN if is_over else Verdict.GO_ON


@dataclass(frozen=True, slots=True)
class Watched:
    """What may make it necessary to look."""

    observed_until: datetime | None = None
    """While it is observed."""
    review_at: datetime | None = None
    tasks: tuple[datetime, ...] = ()


def next_look(watched: Watched, at: datetime) -> datetime | None:
    """When something is to be looked at; what is overdue, at once."""
    return min((max(moment, at) for moment in _moments(watched, at)), default=None)


def _moments(watched: Watched, at: datetime) -> Iterable[datetime]:
    if watched.observed_until:
        yield min(watched.observed_until, at + LOOKED_AT_EVERY)
    if watched.review_at:
        yield watched.review_at
    yield from watched.tasks
