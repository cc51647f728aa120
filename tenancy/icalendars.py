"""Holidays out of an iCal file from somewhere: whole days, those that come back every year for some years ahead."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from icalendar import Calendar

from tenancy.holidays import LONGEST_NAME, MOST, Holiday, merged

MAX_BYTES = 250_000
"""A country's holidays of twenty years are 60 kB; a file of this size is read in a second."""
YEARS_AHEAD = 5
LONGEST_EVENT = 60
"""Days; what is longer is no holiday."""
DAY = timedelta(days=1)
_READ = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"})
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class UnreadableCalendar(ValueError):
    """The file can't be used; the message says why, in the reader's words."""


@dataclass
class Found:
    """What a file holds."""

    holidays: tuple[Holiday, ...] = ()
    left_out: list[str] = field(default_factory=list)
    """What events are called that are no whole days, too long, or come back otherwise than once a year."""


def read(content: bytes, today: date) -> Found:
    """Read the holidays from this year's first day on. Raises `UnreadableCalendar`."""
    if len(content) > MAX_BYTES:
        raise UnreadableCalendar(_("This file is larger than 250 kB: a file of holidays is much smaller."))
    try:
        # Nothing is followed or called from here: a file names days, or it doesn't.
        events = [event for event in Calendar.from_ical(content).subcomponents if event.name == "VEVENT"]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableCalendar(_("This is not an iCal file (.ics) that we can read.")) from error
    found, years = Found(), range(today.year, today.year + YEARS_AHEAD + 1)
    days = [day for event in events for day in _days(event, years, found.left_out)]
    found.holidays = merged(days)
    if len(found.holidays) > MOST:
        raise UnreadableCalendar(_("This file holds more than %(most)s days.") % {"most": MOST})
    if not found.holidays:
        raise UnreadableCalendar(_("There is no holiday from this year on in this file: we look for whole days."))
    return found


def _days(event: Any, years: range, left_out: list[str]) -> Iterator[Holiday]:
    name = str(event.get("SUMMARY", "")).strip()[:LONGEST_NAME]
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    try:
        first, lasts = _extent(event)
        starts = list(_starts(event.get("RRULE"), first, years))
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError):
        left_out.append(name or "?")
        return
    without = set(_excluded(event))
    for start in starts:
        for number in range(lasts):
            with suppress(OverflowError):
                day = start + DAY * number
                if day.year in years and start not in without:
                    yield day, name


def _extent(event: Any) -> tuple[date, int]:
    """The first day and how many there are. Raises `ValueError` for what is no whole day."""
    start = event["DTSTART"].dt
    if isinstance(start, datetime):
        raise ValueError("an hour of a day")
    if "DTEND" in event:
        end = event["DTEND"].dt
        if isinstance(end, datetime):
            raise ValueError("an hour of a day")
        lasts = (end - start).days
    else:
        lasts = event["DURATION"].dt.days if "DURATION" in event else 1
    lasts = max(lasts, 1)
    if lasts > LONGEST_EVENT:
        raise ValueError("too long for a holiday")
    return start, lasts


def _excluded(event: Any) -> Iterator[date]:
    given = event.get("EXDATE", [])
    for listed in given if isinstance(given, list) else [given]:
        yield from (one.dt for one in listed.dts)


def _starts(rule: Any, first: date, years: range) -> Iterator[date]:
    """When it begins: once, or in each of the years as a yearly rule says."""
    if rule is None:
        yield first
        return
    if isinstance(rule, list) or set(rule) - _READ or rule["FREQ"] != ["YEARLY"]:
        raise ValueError("comes back otherwise than once a year")
    interval, count, until = (_one(rule, name) for name in ("INTERVAL", "COUNT", "UNTIL"))
    last = until.date() if isinstance(until, datetime) else until
    step = 1 if interval is None else int(interval)
    if step < 1:
        raise ValueError("never comes back")
    for year in range(max(first.year, years.start - 1), years.stop):
        turn, off = divmod(year - first.year, step)
        day = None if off or (count and turn >= count) else _in_year(rule, first, year)
        if day and day >= first and (last is None or day <= last):
            yield day


def _in_year(rule: Any, first: date, year: int) -> date | None:
    """The day of a yearly rule in a year; none where there is no such day, as on a 29 February."""
    month = int(_one(rule, "BYMONTH") or first.month)
    weekday = _one(rule, "BYDAY")
    if weekday:
        if "BYMONTH" not in rule or "BYMONTHDAY" in rule:
            raise ValueError("comes back otherwise than once a year")
        return _weekday(year, month, str(weekday))
    try:
        return date(year, month, int(_one(rule, "BYMONTHDAY") or first.day))
    except ValueError:
        return None


def _weekday(year: int, month: int, text: str) -> date:
    """The so-manieth weekday of a month: 4TH, -1MO."""
    place, weekday = int(text[:-2]), _WEEKDAYS.index(text[-2:])
    if not 1 <= abs(place) <= 4:
        raise ValueError("not in every month")
    if place > 0:
        first = date(year, month, 1)
        return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (place - 1))
    last = date(year + month // 12, month % 12 + 1, 1) - DAY
    return last - DAY * ((last.weekday() - weekday) % 7 + 7 * (-place - 1))


def _one(rule: Any, name: str) -> Any:
    """The one value of a part of a rule. Raises `ValueError` where there are several."""
    given = rule.get(name)
    if given is not None and len(given) != 1:
        raise ValueError("comes back otherwise than once a year")
    return given[0] if given else None
