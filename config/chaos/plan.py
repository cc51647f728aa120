"""What is broken when: the same seed gives the same plan. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from itertools import cycle
from random import Random

MINUTE = 60.0


class Target(StrEnum):
    """What a fault hits."""

    KILL = auto()
    DATABASE = auto()
    BROKER = auto()
    MAIL = auto()


class Broker(StrEnum):
    """What is done to the broker."""

    FLUSH = auto()
    FREEZE = auto()
    FILL = auto()


class Mail(StrEnum):
    """How the mail server misbehaves."""

    SLOW = auto()
    UNREACHABLE = auto()
    CLOSED = auto()
    BUSY = auto()
    POLICY = auto()
    FULL = auto()
    CUT = auto()
    """The line drops during DATA: nothing was kept."""
    DROPPED = auto()
    """The mail is kept, and the line drops before the answer."""
    HUNG_UP = auto()
    """The line drops right after the answer."""


USUAL = (Mail.SLOW, Mail.FULL, Mail.FULL)
"""What happens more often than the rest, and to one mail after the other: the line stays open."""


PROCESSES = ("web", "worker", "beat", "tick")
# In a minute of faults: of each process, of the broker, and the times in which the mail server misbehaves.
KILLS, BROKER_FAULTS, BAD_TIMES = 6, 5, 27


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing to be broken: ``at`` and ``lasts`` are in seconds, counted from the first moment of the faults."""

    at: float
    target: Target
    what: str
    lasts: float = 0.0

    @property
    def ends(self) -> float:
        """When it is over."""
        return self.at + self.lasts


def plan(seconds: float, seed: int, processes: tuple[str, ...] = PROCESSES) -> list[Fault]:
    """Return the faults of so many seconds, in their order."""
    dice = Random(seed)
    faults = [*_crashes(dice, seconds), *_broker(dice, seconds), *_mail(dice, seconds)]
    for name in processes:
        faults += [Fault(begins, Target.KILL, name) for begins, _until in _slots(dice, seconds, KILLS)]
    return sorted(faults)


def stretched(faults: list[Fault], factor: float) -> list[Fault]:
    """The same faults for a machine that takes so many times as long to start a process; none of them lasts longer."""
    return [replace(fault, at=fault.at * factor) for fault in faults]


def _crashes(dice: Random, seconds: float) -> Iterator[Fault]:
    """PostgreSQL goes down at once, and comes back."""
    for begins, until in _slots(dice, seconds, 1):
        yield Fault(begins, Target.DATABASE, "crash", min(dice.uniform(0.3, 2.0), until - begins))


def _broker(dice: Random, seconds: float) -> Iterator[Fault]:
    ways = _mixed(dice, list(Broker))
    for begins, until in _slots(dice, seconds, BROKER_FAULTS):
        way = next(ways)
        yield Fault(
            begins, Target.BROKER, way, 0.0 if way is Broker.FLUSH else min(dice.uniform(2.0, 4.0), until - begins)
        )


def _mail(dice: Random, seconds: float) -> Iterator[Fault]:
    ways = _mixed(dice, [*Mail, *USUAL])
    for begins, until in _slots(dice, seconds, BAD_TIMES, within=0.2):
        yield Fault(begins, Target.MAIL, next(ways), min(dice.uniform(1.5, 2.0), until - begins))


def _slots(dice: Random, seconds: float, a_minute: int, within: float = 0.5) -> Iterator[tuple[float, float]]:
    """A moment early in each of the equal parts, and the end of that part: spread, and still at random."""
    count = max(1, round(a_minute * seconds / MINUTE))
    width = seconds / count
    for number in range(count):
        yield (number + dice.uniform(0.0, within)) * width, (number + 1) * width


def _mixed(dice: Random, ways: list[str]) -> Iterator[str]:
    """Every way as often as the others, in an order of its own."""
    return cycle(dice.sample(ways, len(ways)))
