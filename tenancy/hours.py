"""Working hours: which instants count, and how far a span of working time reaches. Pure: no database, no clock.

An instant counts when a wall clock in the calendar's zone shows an hour that is open on that day. So where the clock
is put back, an hour that is open counts twice, and where it is put forward, hours that never were don't count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import chain
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FOREVER = 20 * 366
"""How many days ahead a deadline is looked for."""


class NeverOpen(ValueError):
    """The calendar has no open hour to count on."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one instant up to, not including, another."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True)
class Hours:
    """The open hours of one weekday: from, and for how long; they may reach past midnight, up to a day."""

    weekday: int
    """Monday is 0."""
    opens: time
    lasts: timedelta


@dataclass(frozen=True)
class Calendar:
    """When an organisation's promises count: weekly hours in a time zone, but for holidays; or always."""

    zone: str
    week: tuple[Hours, ...] = ()
    holidays: frozenset[date] = field(default_factory=frozenset)
    """Days on which no hours begin; what began the evening before goes on."""
    always: bool = False

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The open spans between two instants, in order, none touching another; as UTC."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        if self.always:
            yield from [Span(start, end)] if start < end else []
            return
        yield from _merged(self._pieces(start, end))

    def _pieces(self, start: datetime, end: datetime) -> Iterator[Span]:
        for piece in _steady(self.zone, start, end):
            offset = _offset(self.zone, piece.start)
            first = (piece.start + offset).date() - DAY  # the evening before may reach into this day
            for local in self._opened(first, (piece.end + offset).date()):
                opened = Span(max(local.start - offset, piece.start), min(local.end - offset, piece.end))
                if opened.start < opened.end:
                    yield opened

    def _opened(self, first: date, last: date) -> Iterator[Span]:
        """What the wall clock shows as open on these days, as if it were UTC; merged, in order."""
        days = (first + DAY * number for number in range((last - first).days + 1))
        return _merged(
            sorted(chain.from_iterable(self._on(day) for day in days), key=lambda span: (span.start, span.end))
        )

    def _on(self, day: date) -> Iterator[Span]:
        if day in self.holidays:
            return
        for hours in self._weekly.get(day.weekday(), ()):
            opens = datetime.combine(day, hours.opens, UTC)
            yield Span(opens, opens + hours.lasts)

    @property
    def _weekly(self) -> Mapping[int, Sequence[Hours]]:
        return _by_weekday(self.week)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two instants."""
        return sum((span.length for span in self.spans(start, end)), timedelta())

    def after(self, start: datetime, working: timedelta) -> datetime:
        """Return the first instant at which this much working time has passed since ``start``.

        No time at all has passed at the start itself, open or not. Raises `NeverOpen` where the calendar never opens.
        """
        if not working:
            return start.astimezone(UTC)
        left = working
        for span in self.open_from(start):
            if left <= span.length:
                return span.start + left
            left -= span.length
        raise NeverOpen(self.zone)

    def has_holiday(self, start: datetime, end: datetime) -> bool:
        """Whether a holiday on which it would have been open touches the time between two instants."""
        zone = ZoneInfo(self.zone)
        first, last = start.astimezone(zone).date(), (end - SECOND).astimezone(zone).date()
        open_days = {hours.weekday for hours in self.week}
        return any(first <= day <= last and day.weekday() in open_days for day in self.holidays)

    def open_from(self, start: datetime) -> Iterator[Span]:
        """The open spans from an instant on, in order, week by week; a span over a week's end comes in two."""
        if self.always:
            yield Span(start.astimezone(UTC), datetime.max.replace(tzinfo=UTC))
            return
        if not self.week:
            raise NeverOpen(self.zone)
        for week in range(0, FOREVER, 7):
            yield from self.spans(start + DAY * week, start + DAY * (week + 7))


@cache
def _by_weekday(week: tuple[Hours, ...]) -> Mapping[int, Sequence[Hours]]:
    return {day: [hours for hours in week if hours.weekday == day] for day in range(7)}


def _merged(spans: Iterator[Span] | Sequence[Span]) -> Iterator[Span]:
    """Spans in order of their start, those that touch or overlap made one."""
    current: Span | None = None
    for span in spans:
        if current and span.start <= current.end:
            current = Span(current.start, max(current.end, span.end))
            continue
        if current:
            yield current
        current = span
    if current:
        yield current


def _offset(zone: str, instant: datetime) -> timedelta:
    return instant.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _steady(zone: str, start: datetime, end: datetime) -> Iterator[Span]:
    """Cut at each instant at which the zone's clocks are put forward or back."""
    while start < end:
        until = min(end, _midnight_after(start))
        if _offset(zone, until - SECOND) != _offset(zone, start):
            until = _change(zone, start, until)
        yield Span(start, until)
        start = until


def _midnight_after(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0) + DAY


def _change(zone: str, before: datetime, after: datetime) -> datetime:
    """The first whole second with another offset than ``before``."""
    old = _offset(zone, before)
    low, high = before.replace(microsecond=0), after
    while high - low > SECOND:
        middle = low + ((high - low) // 2 // SECOND) * SECOND
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high
