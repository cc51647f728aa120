"""From what was promised and what was seen to the table and the verdict. Pure.

Everything that is counted comes down to promises, each with a key of its own, and events that carry such keys: a
promise without an event is lost, one with more than one is doubled.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LATE = 5.0
CAUGHT_UP = 30.0

Span = tuple[float, float]
"""From when until when."""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that has to happen once; ``due_at`` is None where it is not about time.

    With ``surely`` off nobody was told that it would happen: it may, but once at most.
    """

    key: str
    due_at: float | None = None
    surely: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; with ``may_repeat`` the next one of the same key is a copy that can't be helped."""

    key: str
    at: float = 0.0
    may_repeat: bool = False


@dataclass
class Count:
    """One line of the table. ``late`` is in seconds with the key of what was so late, smallest first."""

    what: str
    due: int = 0
    fired: int = 0
    copied: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """What happened though nobody had promised it."""
    late: list[tuple[float, str]] = field(default_factory=list)
    is_timed: bool = False
    """Whether lateness is held against it."""


def count(
    what: str,
    promises: Iterable[Promise],
    events: Iterable[Event],
    away: Sequence[Span] = (),
    *,
    is_timed: bool = False,
) -> Count:
    """Match events to promises; time that lies in ``away`` is not counted as lateness."""
    result = Count(what, is_timed=is_timed)
    seen: dict[str, list[Event]] = {}
    for event in events:
        seen.setdefault(event.key, []).append(event)
    for promise in promises:
        happened = sorted(seen.pop(promise.key, []), key=lambda event: event.at)
        result.due += promise.surely or bool(happened)
        result.fired += bool(happened)
        if not happened:
            result.lost += [promise.key] * promise.surely
            continue
        copies = sum(event.may_repeat for event in happened[:-1])
        result.copied += copies
        result.doubled += [promise.key] * (len(happened) - 1 - copies)
        if promise.due_at is not None:
            result.late.append((lateness(promise.due_at, happened[0].at, away), promise.key))
    result.unknown = sorted(seen)
    result.late.sort()
    return result


def lateness(due_at: float, at: float, away: Sequence[Span]) -> float:
    """The seconds from one moment to the other, less what of them lies in ``away`` (spans that don't overlap)."""
    return max(0.0, at - due_at - sum(max(0.0, min(at, ends) - max(due_at, begins)) for begins, ends in away))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The time in at least one of the spans."""
    result: list[Span] = []
    for begins, ends in sorted(spans):
        if result and begins <= result[-1][1]:
            result[-1] = (result[-1][0], max(ends, result[-1][1]))
        else:
            result.append((begins, ends))
    return result


def common(one: Sequence[Span], other: Sequence[Span]) -> list[Span]:
    """The time in both."""
    both = [(max(a[0], b[0]), min(a[1], b[1])) for a in one for b in other]
    return [(begins, ends) for begins, ends in both if begins < ends]


def lates(count: Count) -> list[float]:
    """How late everything was, in seconds, smallest first."""
    return [seconds for seconds, _key in count.late]


def quantile(sorted_values: Sequence[float], share: float) -> float:
    """The value below which so large a share lies."""
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))] if sorted_values else 0.0


def complaints(counts: Iterable[Count], caught_up_after: float | None) -> list[str]:
    """What is not as it was promised, in a sentence each; ``caught_up_after`` is in seconds, None for never."""
    found = []
    for each in counts:
        for wrong in ("lost", "doubled", "unknown"):
            if keys := getattr(each, wrong):
                found.append(f"{each.what}: {len(keys)} {wrong}, like {', '.join(keys[:3])}")
        if each.is_timed and (late := quantile(lates(each), 0.99)) >= LATE:
            worst = ", ".join(f"{key} {seconds:.1f} s" for seconds, key in each.late[:-4:-1])
            found.append(f"{each.what}: p99 is {late:.1f} s late, allowed are {LATE:.0f} s; latest: {worst}")
    if caught_up_after is None or caught_up_after > CAUGHT_UP:
        when = "never" if caught_up_after is None else f"only after {caught_up_after:.1f} s"
        found.append(f"caught up with everything {when}, allowed are {CAUGHT_UP:.0f} s after the last fault")
    return found
