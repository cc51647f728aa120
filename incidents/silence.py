"""How long silence may last: business days in the requester's own time. Pure: no framework, no clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenancy.hours import FOREVER, Calendar, NeverOpen

DAY = timedelta(days=1)


def business_days_after(start: datetime, days: int, calendar: Calendar) -> datetime:
    """The same time of day so many business days later, or as soon after it as somebody works.

    A day on which the calendar opens is a business day. A start on another day counts from the next business day's
    first instant, as if nothing had happened before it. Raises `NeverOpen` where the calendar never opens.
    """
    local = start.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    if not _is_business_day(local.date(), calendar):
        local = datetime.combine(_next(local.date(), calendar), time())
    day = local.date()
    for _ in range(days):
        day = _next(day, calendar)
    then = datetime.combine(day, local.time(), ZoneInfo(calendar.zone)).astimezone(UTC)
    return max(then, next(calendar.open_from(then)).start)


def _next(day: date, calendar: Calendar) -> date:
    for _ in range(FOREVER):
        day += DAY
        if _is_business_day(day, calendar):
            return day
    raise NeverOpen(calendar.zone)


def _is_business_day(day: date, calendar: Calendar) -> bool:
    if calendar.always:
        return True
    return day not in calendar.holidays and any(hours.weekday == day.weekday() for hours in calendar.week)
