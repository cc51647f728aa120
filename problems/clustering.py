"""When incidents of a kind are so many that they may have one cause. Pure, no framework."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from statistics import median
from typing import NamedTuple

from problems.vocabulary import words_of

# So many days back it is looked at what is usual: on each of them, in the same hours of the day as now. A desk
# sleeps at night, so that a median of all hours would make an alarm of every Monday morning.
DAYS = 28
# Of these days the busiest are left out where it is asked what comes about by chance: what happened once must not
# hide that it happens again.
BUSIEST = 3
# What comes about by chance more often than this is no alarm, however few are usual.
CHANCE = 1 / 2000
# A cluster that was dismissed is forgotten after so long, or when it has grown so many times.
SILENT_FOR = timedelta(days=7)
GROWN = 2


class Kind(StrEnum):
    """What incidents of a cluster share besides their service; what says most stands first."""

    CODE = auto()
    CATEGORY = auto()
    WORD = auto()


_KINDS = list(Kind)


class Key(NamedTuple):
    """What the incidents of a cluster share."""

    kind: Kind
    service_id: int | None
    value: str
    """The error code in small letters, the category's id, or the word."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.service_id or ''}:{self.value}"


@dataclass(frozen=True, slots=True)
class Report:
    """What is looked at of an incident."""

    id: int
    at: datetime
    reporter_id: int
    service_id: int | None
    category_id: int | None
    error_code: str
    title: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What makes a cluster: so many in so many hours, and so many times what is usual."""

    hours: int = 4
    least: int = 5
    times: int = 3

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class Usual:
    """How many of a kind are reported in the same hours of other days."""

    median: float = 0.0
    expected: float = 0.0
    """How many would be no surprise now, as busy as it is, without the busiest days of its kind."""


@dataclass(frozen=True, slots=True)
class Past:
    """What there was in the same hours of each of the `DAYS`: of each key, and of all that was looked at."""

    counts: Mapping[Key, Sequence[int]] = field(default_factory=dict)
    totals: Sequence[int] = (0,) * DAYS


@dataclass(frozen=True, slots=True)
class Finding:
    """Incidents that may have one cause, and why: the key that says most, and others that mostly the same have."""

    keys: tuple[Key, ...]
    reports: tuple[Report, ...]
    usual: Usual


def keys_of(report: Report) -> Iterator[Key]:
    """All that it may share with others."""
    if code := report.error_code.strip().lower():
        yield Key(Kind.CODE, report.service_id, code)
    if report.category_id:
        yield Key(Kind.CATEGORY, report.service_id, str(report.category_id))
    for word in words_of(report.title):
        yield Key(Kind.WORD, report.service_id, word)


def candidates(reports: Iterable[Report], rule: Rule) -> dict[Key, list[Report]]:
    """What so many of them share that it may be a cluster."""
    found: dict[Key, list[Report]] = {}
    for report in reports:
        for key in keys_of(report):
            found.setdefault(key, []).append(report)
    return {key: those for key, those in found.items() if len(those) >= rule.least}


def day_before(at: datetime, then: datetime, rule: Rule) -> int | None:
    """How many days ago that was in the same hours as those that end now; none: in other hours, or too long ago."""
    days, rest = divmod(at - then, timedelta(days=1))
    return days if 1 <= days <= DAYS and rest < rule.window else None


def usual(counts: Sequence[int], totals: Sequence[int] = (), others: int = 0) -> Usual:
    """What is usual where on each of the `DAYS` so many of a kind, and of all kinds, were reported.

    ``others`` are those of other kinds that are reported now: on a working day there are more of all kinds than on most
    others, and that alone is no cluster.
    """
    calm = sorted(range(len(counts)), key=counts.__getitem__)[: len(counts) - BUSIEST]
    some = sum(counts[day] for day in calm)
    rest = sum(totals[day] - counts[day] for day in calm) if totals else 0
    return Usual(median(counts), max(some / len(calm), some * others / rest if rest else 0.0))


def is_alarming(count: int, normal: Usual, rule: Rule) -> bool:
    """Whether so many are no chance. Where none are usual, that counts as one: three times nothing is nothing."""
    enough = count >= rule.least and count >= rule.times * max(1.0, normal.median)
    return enough and _chance(count, normal.expected) < CHANCE


def _chance(count: int, mean: float) -> float:
    """How likely so many or more are where they come independently of each other (Poisson)."""
    if not mean:
        return 0.0
    fewer = (math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count))
    return max(0.0, 1.0 - sum(fewer))


def findings(shared: Mapping[Key, Sequence[Report]], past: Past, rule: Rule, total: int) -> list[Finding]:
    """The clusters among what is shared of so many reports; incidents that alarm for several reasons are one."""
    none = (0,) * DAYS
    normal = {
        key: usual(past.counts.get(key, none), past.totals, max(0, total - len(those))) for key, those in shared.items()
    }
    alarming = [key for key, those in shared.items() if is_alarming(len(those), normal[key], rule)]
    alarming.sort(key=lambda key: (_KINDS.index(key.kind), -len(shared[key]), normal[key].expected, key.value))
    found: list[tuple[list[Key], set[int]]] = []
    for key in alarming:
        ids = {one.id for one in shared[key]}
        same = next((one for one in found if _mostly_the_same(one[1], ids)), None)
        if same:
            same[0].append(key)
        else:
            found.append(([key], ids))
    return [Finding(tuple(keys), tuple(shared[keys[0]]), normal[keys[0]]) for keys, _ids in found]


def _mostly_the_same(one: set[int], other: set[int]) -> bool:
    return 2 * len(one & other) >= max(len(one), len(other))


def is_silent(*, dismissed_at: datetime, dismissed_count: int, count: int, at: datetime) -> bool:
    """Whether a cluster that was dismissed when it had so many needn't be shown again."""
    return at < dismissed_at + SILENT_FOR and count < GROWN * dismissed_count
