"""Working time, so that the history happens when people are at work. Pure: no database, no clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5
_UNITS = {"d": None, "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass(frozen=True)
class Week:
    """Monday to Friday, from ``opens`` to ``closes`` where the organisation is."""

    zone: ZoneInfo
    opens: time
    closes: time

    @property
    def day_length(self) -> timedelta:
        """How much work fits into a day."""
        return datetime.combine(date.min, self.closes) - datetime.combine(date.min, self.opens)

    def span(self, words: str) -> timedelta:
        """Read ``"1d 2h 30m"``; a day is a working day."""
        parts = re.findall(r"(\d+)([dhm])", words)
        return sum(((_UNITS[unit] or self.day_length) * int(count) for count, unit in parts), timedelta())

    def add(self, at: datetime, work: timedelta) -> datetime:
        """Return the moment by which so much work was done after ``at``."""
        local = self._next_open(at.astimezone(self.zone))
        while work > (left := datetime.combine(local.date(), self.closes, self.zone) - local):
            work -= left
            local = self._next_open(self._opening(local.date() + timedelta(days=1)))
        return (local + work).astimezone(at.tzinfo)

    def days_ago(self, now: datetime, days: int, clock: time) -> datetime:
        """Return that time of day, so many working days before today."""
        day = now.astimezone(self.zone).date()
        while days:
            day -= timedelta(days=1)
            days -= day.weekday() < SATURDAY
        return datetime.combine(day, clock, self.zone).astimezone(now.tzinfo)

    def _next_open(self, local: datetime) -> datetime:
        opening = self._opening(local.date())
        if local.weekday() >= SATURDAY or local.time() >= self.closes:
            return self._next_open(self._opening(local.date() + timedelta(days=1)))
        return max(local, opening)

    def _opening(self, day: date) -> datetime:
        return datetime.combine(day, self.opens, self.zone)
