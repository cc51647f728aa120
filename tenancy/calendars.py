"""Working days, as an organisation counts them. Pure: no database, no clock."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


def add_business_days(at: datetime, days: int, zone: str) -> datetime:
    """Return the same time of day, ``days`` business days (Monday to Friday in ``zone``) later.

    A start on a weekend counts from the following Monday's first instant, as if nothing had happened before it.
    """
    local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    if local.weekday() >= SATURDAY:
        local = _next_day(local).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(days):
        local = _next_day(local)
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)


def _next_day(local: datetime) -> datetime:
    local += timedelta(days=1)
    while local.weekday() >= SATURDAY:
        local += timedelta(days=1)
    return local
