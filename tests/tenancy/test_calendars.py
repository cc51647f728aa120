"""Business days against a slow, obvious oracle that walks minute by minute."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tenancy.calendars import add_business_days

# Summer time at weekends, in the middle of the week, on the other side of the year; no summer time; odd offsets; a
# whole day that never was (Apia, 30 December 2011, a Friday).
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "Asia/Amman",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Pacific/Apia",
    "UTC",
]
MINUTE = timedelta(minutes=1)
SATURDAY = 5


def slowly(at: datetime, days: int, zone: str) -> datetime:
    """Let the wall clock run and count only the minutes of working days: a business day has 1,440 of them."""
    wall = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    left = days * 24 * 60
    if wall.weekday() >= SATURDAY:
        wall = wall.replace(hour=0, minute=0)
    while left or wall.weekday() >= SATURDAY:
        left -= wall.weekday() < SATURDAY
        wall += MINUTE
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


MOMENTS = st.integers(0, 20 * 365 * 24 * 60).map(lambda minutes: datetime(2011, 1, 1, tzinfo=UTC) + minutes * MINUTE)


@given(
    at=MOMENTS,
    days=st.integers(0, 7),
    zone=st.sampled_from(ZONES),
)
@example(datetime(2026, 3, 27, 1, 30, tzinfo=UTC), 1, "Europe/Berlin")
@example(datetime(2026, 10, 22, 0, 30, tzinfo=UTC), 5, "Europe/Berlin")
@example(datetime(2026, 4, 22, 22, 30, tzinfo=UTC), 1, "Africa/Cairo")
@example(datetime(2011, 12, 29, 9, 30, tzinfo=UTC), 2, "Pacific/Apia")
@settings(max_examples=60)
def test_business_days_against_the_oracle(at: datetime, days: int, zone: str) -> None:
    assert add_business_days(at, days, zone) == slowly(at, days, zone)


BERLIN = [
    # from, days, to: by hand, in Berlin
    ("2026-03-02 09:30", 5, "2026-03-09 09:30"),  # Monday to Monday
    ("2026-03-06 17:00", 1, "2026-03-09 17:00"),  # Friday to Monday
    ("2026-03-06 17:00", 0, "2026-03-06 17:00"),
    ("2026-03-07 10:00", 1, "2026-03-10 00:00"),  # Saturday counts from Monday's first instant
    ("2026-03-08 23:59", 5, "2026-03-16 00:00"),
    ("2026-03-27 02:30", 1, "2026-03-30 02:30"),  # over the night in which the clocks go forward
    ("2026-10-23 02:30", 1, "2026-10-26 02:30"),  # and back
    ("2026-12-31 12:00", 1, "2027-01-01 12:00"),  # holidays are not known here
]


@pytest.mark.parametrize(("start", "days", "end"), BERLIN)
def test_business_days_by_hand(start: str, days: int, end: str) -> None:
    zone = ZoneInfo("Europe/Berlin")
    at, expected = (datetime.fromisoformat(text).replace(tzinfo=zone) for text in (start, end))
    assert add_business_days(at.astimezone(UTC), days, "Europe/Berlin") == expected


def test_the_zone_decides_which_day_it_is() -> None:
    friday_evening = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
    assert add_business_days(friday_evening, 1, "UTC") == datetime(2026, 3, 9, 20, 0, tzinfo=UTC)
    # In Auckland it is Saturday morning already.
    assert add_business_days(friday_evening, 1, "Pacific/Auckland") == datetime(2026, 3, 9, 11, 0, tzinfo=UTC)


@given(
    at=MOMENTS,
    days=st.integers(1, 10),
    zone=st.sampled_from(ZONES),
)
def test_more_days_are_later_and_end_on_a_working_day(at: datetime, days: int, zone: str) -> None:
    found = add_business_days(at, days, zone)
    assert add_business_days(at, days - 1, zone) < found
    assert found.astimezone(ZoneInfo(zone)).weekday() < SATURDAY
    assert found.tzinfo is at.tzinfo
