"""What was promised for an incident, and how much of it is left: a pure function of its history.

A clock reads its whole history each time, so a change of priority or service only changes the promise: it counts from
the start of the incident, and every pause that was ever taken stays taken.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from itertools import groupby

from incidents.lifecycle import Clock
from tenancy.hours import Calendar, Span


class Measure(StrEnum):
    """What is promised."""

    RESPONSE = auto()
    """A first public answer, or a named agent who has it."""
    UPDATE = auto()
    """Never longer than this without a public word while it is open."""
    RESOLUTION = auto()
    """That it works again."""


class State(StrEnum):
    """What a clock does now."""

    RUNS = auto()
    PAUSES = auto()
    STOPPED = auto()


@dataclass(frozen=True, slots=True)
class Promise:
    """So much working time, counted in this calendar."""

    measure: Measure
    target: timedelta
    calendar: Calendar


Targets = Mapping[str, Mapping[str, int | bool]]
"""Minutes by priority and measure; ``always`` beside them: they count round the clock."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one policy promises to an incident that it fits."""

    edition_id: int
    calendar_id: int | None
    """The calendar's edition; none: round the clock."""
    for_service: bool
    for_type: bool
    targets: Targets

    def minutes(self, measure: Measure, priority: str) -> int:
        """How much it promises; 0: nothing."""
        return int(self.targets.get(priority, {}).get(measure, 0))

    def counts_in(self, priority: str) -> int | None:
        """The calendar's edition in which it counts for this priority; none: round the clock."""
        return None if self.targets.get(priority, {}).get("always") else self.calendar_id


def best(offers: Sequence[Offer], measure: Measure, priority: str) -> Offer | None:
    """Return the offer that holds: for the service before for the type before for all; then the shortest."""
    fitting = [offer for offer in offers if offer.minutes(measure, priority)]
    return min(
        fitting,
        key=lambda offer: (not offer.for_service, not offer.for_type, offer.minutes(measure, priority)),
        default=None,
    )


LEVELS = (50, 75, 100)
"""Shares of a promise, in percent, at which somebody is told."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One entry of an incident's history, as far as clocks look at it."""

    at: datetime
    clock: Clock
    """What clocks do from here on."""
    word: bool = False
    """Staff said something that the reporter can read."""
    answered: bool = False
    """A named agent got it; so does a public word count."""
    anew: bool = False
    """Counting starts over here: it was reopened where the organisation's rule says so."""
    because: str = ""
    """What it waits for from here on, or where it stands: why clocks do what they do."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock at an instant."""

    state: State
    started_at: datetime
    elapsed: timedelta
    """Working time used, pauses left out."""
    left: timedelta
    """Working time not yet used; below zero it is overdue by so much."""
    due_at: datetime | None
    """When the promise is or was used up; none while it pauses, unless that came before."""
    ended_at: datetime | None
    """When it was kept or, at last, came too late; none while it is open."""

    @property
    def is_late(self) -> bool:
        """More was used than promised."""
        return self.left < timedelta()


def passed(target: timedelta, elapsed: timedelta) -> int:
    """Return the highest level that is reached; 0: none yet. Nothing is rounded: 99.99 percent is no breach."""
    return max((level for level in LEVELS if elapsed * 100 >= target * level), default=0)


def next_level(promise: Promise, elapsed: timedelta, at: datetime, *, told: int) -> datetime | None:
    """Return when the next level is reached of which nobody was told, for a clock that runs at ``at``.

    A level that is reached already counts as reached now. None: all are told.
    """
    if passed(promise.target, elapsed) > told:
        return at
    ahead = [promise.target * level / 100 for level in LEVELS if level > told]
    return promise.calendar.after(at, ahead[0] - elapsed) if ahead else None


def read(promise: Promise, turns: Sequence[Turn], now: datetime) -> Reading:
    """Read a clock at ``now``. ``turns`` stand in their order, the report first; later ones than now don't count."""
    turns = [turn for turn in turns if turn.at <= now]
    start = _start(promise.measure, turns)
    ended = _end(promise.measure, turns, start)
    runs = [span for span, clock in _phases(turns, start, ended or now) if clock is Clock.RUNS]
    elapsed = sum((promise.calendar.between(run.start, run.end) for run in runs), timedelta())
    state = State.STOPPED if ended else State(turns[-1].clock.value)
    return Reading(
        state=state,
        started_at=start,
        elapsed=elapsed,
        left=promise.target - elapsed,
        due_at=_due(promise, runs, elapsed, goes_on=now if state is State.RUNS else None),
        ended_at=ended,
    )


class Why(StrEnum):
    """Why a span of time counted, or did not."""

    COUNTED = auto()
    CLOSED = auto()
    """Outside of the calendar's hours."""
    HOLIDAY = auto()
    PAUSED = auto()
    STOPPED = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A span of a clock's time."""

    span: Span
    why: Why
    because: str = ""
    """What it waited for, where it was paused; where it stood, where it was stopped."""


def explain(promise: Promise, turns: Sequence[Turn], now: datetime) -> list[Part]:
    """Return span by span what counted and what did not, and why, from the clock's start.

    It ends when the promise is or was used up, or else when the clock ended, or, where it pauses, at ``now``. What
    counted is the whole target where there is a deadline.
    """
    turns = [turn for turn in turns if turn.at <= now]
    reading = read(promise, turns, now)
    end = reading.due_at or reading.ended_at or now
    because = {turn.at: turn.because for turn in turns}
    parts: list[Part] = []
    for phase, clock in _phases(turns, reading.started_at, end):
        if clock is Clock.RUNS:
            parts += _by_hours(promise.calendar, phase)
        else:
            at = max(turn.at for turn in turns if turn.at <= phase.start)
            parts.append(Part(phase, Why.PAUSED if clock is Clock.PAUSES else Why.STOPPED, because[at]))
    return list(_joined(parts))


def _joined(parts: Sequence[Part]) -> Iterator[Part]:
    """Neighbours that are there for the same reason, made one."""
    for (why, because), group in groupby(parts, key=lambda part: (part.why, part.because)):
        same = list(group)
        yield Part(Span(same[0].span.start, same[-1].span.end), why, because)


def _by_hours(calendar: Calendar, phase: Span) -> Iterator[Part]:
    reached = phase.start
    for span in calendar.spans(phase.start, phase.end):
        yield from _gap(calendar, reached, span.start)
        yield Part(span, Why.COUNTED)
        reached = span.end
    yield from _gap(calendar, reached, phase.end)


def _gap(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Part]:
    if start < end:
        yield Part(Span(start, end), Why.HOLIDAY if calendar.has_holiday(start, end) else Why.CLOSED)


def _start(measure: Measure, turns: Sequence[Turn]) -> datetime:
    starts = [turn.at for turn in turns if turn.anew or (turn.word and measure is Measure.UPDATE)]
    return max([turns[0].at, *starts])


def _end(measure: Measure, turns: Sequence[Turn], start: datetime) -> datetime | None:
    if measure is Measure.RESPONSE:
        answers = (turn.at for turn in turns if turn.at >= start and (turn.word or turn.answered))
        return next(answers, None)
    if turns[-1].clock is not Clock.STOPPED:
        return None
    running = [number for number, turn in enumerate(turns) if turn.clock is not Clock.STOPPED]
    return max(start, turns[running[-1] + 1 if running else 0].at)


def _phases(turns: Sequence[Turn], start: datetime, end: datetime) -> Iterator[tuple[Span, Clock]]:
    """What clocks did between start and end, phase by phase."""
    for turn, until in zip(turns, [*(turn.at for turn in turns[1:]), end], strict=True):
        phase = Span(max(turn.at, start), min(until, end))
        if phase.start < phase.end:
            yield phase, turn.clock


def _due(promise: Promise, runs: Sequence[Span], elapsed: timedelta, *, goes_on: datetime | None) -> datetime | None:
    left = promise.target
    if elapsed >= left:
        for run in runs:
            used = promise.calendar.between(run.start, run.end)
            if used >= left:
                return promise.calendar.after(run.start, left)
            left -= used
    return promise.calendar.after(goes_on, left - elapsed) if goes_on else None
