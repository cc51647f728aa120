"""Open hours as people write them, "08:00-12:00, 13:00-18:00", and read them: from Monday to Friday, 8 to 18."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import groupby, pairwise

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from tenancy.hours import Calendar, Hours

WEEK = range(7)
DAY_MINUTES = 24 * 60
MOST_SPANS = 12
_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?")


class UnreadableHours(ValueError):
    """What was typed are no hours; the message says what is wrong, in the reader's words."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One weekday at a glance."""

    name: str
    text: str
    """What opens on it; empty: nothing."""
    bars: list[tuple[int, int]]
    """When it is open by the wall clock: minutes since midnight, and for how many; also what began the day before."""


def read_day(weekday: int, text: str) -> tuple[Hours, ...]:
    """Read the hours of a weekday (Monday is 0); nothing typed: closed. Raises `UnreadableHours`."""
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", text) if piece.strip()]
    if len(pieces) > MOST_SPANS:
        raise UnreadableHours(_("At most %(most)s times a day.") % {"most": MOST_SPANS})
    found = sorted((_span(weekday, piece) for piece in pieces), key=lambda hours: hours.opens)
    for one, other in pairwise(found):
        if _minutes(one.opens) + one.lasts // timedelta(minutes=1) > _minutes(other.opens):
            raise UnreadableHours(
                _("%(one)s and %(other)s overlap.") % {"one": write_day([one]), "other": write_day([other])}
            )
    return tuple(found)


def _span(weekday: int, text: str) -> Hours:
    match = _SPAN.fullmatch(text)
    if not match:
        raise UnreadableHours(_("“%(text)s” can't be read: write it like 08:00-12:00, 13:00-18:00.") % {"text": text})
    opens, closes = (int(hour) * 60 + int(minute or 0) for hour, minute in (match.group(1, 2), match.group(3, 4)))
    if any(int(minute or 0) > 59 for minute in match.group(2, 4)) or opens >= DAY_MINUTES or closes > DAY_MINUTES:
        raise UnreadableHours(_("“%(text)s”: there is no such time of day.") % {"text": text})
    if opens == closes:
        raise UnreadableHours(_("“%(text)s” is no time at all; a whole day is 00:00-24:00.") % {"text": text})
    lasts = closes - opens if closes > opens else closes + DAY_MINUTES - opens
    return Hours(weekday, time(opens // 60, opens % 60), timedelta(minutes=lasts))


def write_day(hours: Sequence[Hours]) -> str:
    """Write hours of one weekday as they can be read again."""
    return ", ".join(f"{_clock(begins)}-{_clock(ends)}" for begins, ends in _ends(hours))


def _ends(hours: Sequence[Hours]) -> Iterator[tuple[int, int]]:
    for one in sorted(hours, key=lambda one: one.opens):
        begins = _minutes(one.opens)
        ends = begins + one.lasts // timedelta(minutes=1)
        yield begins, ends if ends <= DAY_MINUTES else ends - DAY_MINUTES


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _shortly(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}" if minutes % 60 else str(minutes // 60)


def tell(calendar: Calendar) -> str:
    """Tell a calendar's hours in a line, days of the same hours together, and where they are meant."""
    if calendar.always:
        return _("round the clock")
    days = [(day, _said([hours for hours in calendar.week if hours.weekday == day])) for day in WEEK]
    runs = [(said, [day for day, _said_too in run]) for said, run in groupby(days, key=lambda pair: pair[1]) if said]
    told = ", ".join(f"{_days(run)} {said}" for said, run in runs)
    return f"{told} {place(calendar.zone)}" if told else _("never")


def _said(hours: Sequence[Hours]) -> str:
    return get_text_list([f"{_shortly(begins)}–{_shortly(ends)}" for begins, ends in _ends(hours)], _("and"))


def _days(days: Sequence[int]) -> str:
    first, last = str(WEEKDAYS_ABBR[days[0]]), str(WEEKDAYS_ABBR[days[-1]])
    return first if first == last else f"{first}–{last}"


def place(zone: str) -> str:
    """What people call a time zone: by its city."""
    return zone.rpartition("/")[2].replace("_", " ")


def glance(calendar: Calendar) -> list[Glance]:
    """The week by the wall clock, day by day."""
    spans = [(hours.weekday * DAY_MINUTES + _minutes(hours.opens), hours.lasts) for hours in calendar.week]
    if calendar.always:
        spans = [(day * DAY_MINUTES, timedelta(days=1)) for day in WEEK]
    return [
        Glance(
            name=str(WEEKDAYS[day]),
            text=_("all day") if calendar.always else _said([one for one in calendar.week if one.weekday == day]),
            bars=[bar for begins, lasts in spans if (bar := _bar(day, begins, lasts // timedelta(minutes=1)))],
        )
        for day in WEEK
    ]


def _bar(day: int, begins: int, lasts: int) -> tuple[int, int] | None:
    """What of so many minutes of the week falls on a day; Sunday's night reaches into Monday."""
    midnight = day * DAY_MINUTES
    for shift in (0, -7 * DAY_MINUTES):
        first = max(begins + shift, midnight)
        last = min(begins + shift + lasts, midnight + DAY_MINUTES)
        if first < last:
            return first - midnight, last - first
    return None
