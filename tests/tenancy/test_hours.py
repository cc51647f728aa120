"""Working hours against a slow, obvious oracle that looks at the wall clock every minute."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tenancy.hours import Calendar, Hours, NeverOpen

# Clocks that change at a weekend, in the week, at midnight, by half an hour, not at all, and once by a whole day.
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Asia/Beirut",
    "UTC",
]
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
# Around changes of the clock, a leap day, and a year's end.
AROUND = [
    datetime(2026, 3, 28, tzinfo=UTC),
    datetime(2026, 10, 24, tzinfo=UTC),
    datetime(2026, 3, 7, tzinfo=UTC),
    datetime(2026, 4, 3, tzinfo=UTC),
    datetime(2026, 4, 23, tzinfo=UTC),
    datetime(2026, 9, 5, tzinfo=UTC),
    datetime(2011, 12, 28, tzinfo=UTC),
    datetime(2024, 2, 28, tzinfo=UTC),
    datetime(2026, 12, 30, tzinfo=UTC),
    datetime(2026, 6, 12, tzinfo=UTC),
]


def is_open(calendar: Calendar, instant: datetime) -> bool:
    """What somebody sees who looks at the wall clock, and then at the door."""
    wall = instant.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)
    return calendar.always or any(
        datetime.combine(began, hours.opens) <= wall < datetime.combine(began, hours.opens) + hours.lasts
        for began in (wall.date(), wall.date() - DAY)
        for hours in calendar.week
        if began.weekday() == hours.weekday and began not in calendar.holidays
    )


def minutes(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """From the start to the full minute, then minute by minute."""
    end = start.replace(second=0, microsecond=0) + MINUTE
    while True:
        yield start, end
        start, end = end, end + MINUTE


def slowly_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    total = timedelta()
    for begins, ends in minutes(start):
        if begins >= end:
            return total
        if is_open(calendar, begins):
            total += min(ends, end) - begins
    raise AssertionError


def slowly_after(calendar: Calendar, start: datetime, working: timedelta) -> datetime:
    for begins, ends in minutes(start):
        if is_open(calendar, begins):
            if working <= ends - begins:
                return begins + working
            working -= ends - begins
    raise AssertionError


HOURS = st.builds(
    lambda weekday, opens, lasts: Hours(weekday, time(opens // 60, opens % 60), timedelta(minutes=lasts)),
    st.integers(0, 6),
    st.integers(0, 24 * 60 - 1),
    st.integers(1, 24 * 60),
)
WEEKS = st.one_of(
    st.lists(HOURS, min_size=1, max_size=12).map(tuple),
    st.just(tuple(Hours(day, time(8), timedelta(hours=10)) for day in range(5))),
    st.just(tuple(Hours(day, time(opens), timedelta(hours=4)) for day in range(5) for opens in (8, 13))),
    st.just(tuple(Hours(day, time(22), timedelta(hours=8)) for day in range(7))),
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    around = draw(st.sampled_from(AROUND))
    holidays = draw(st.frozensets(st.integers(-1, 5).map(lambda days: (around + DAY * days).date()), max_size=3))
    calendar = Calendar(draw(st.sampled_from(ZONES)), draw(WEEKS), holidays, always=draw(st.integers(0, 19)) == 0)
    return calendar, around + timedelta(seconds=draw(st.integers(0, 3 * 86400)))


@given(case=cases(), seconds=st.integers(0, 4 * 86400))
@settings(max_examples=120)
def test_what_lies_between_against_the_oracle(case: tuple[Calendar, datetime], seconds: int) -> None:
    calendar, start = case
    end = start + timedelta(seconds=seconds)
    assert calendar.between(start, end) == slowly_between(calendar, start, end)


@given(case=cases(), seconds=st.integers(1, 24 * 3600))
@settings(max_examples=120)
def test_what_comes_after_against_the_oracle(case: tuple[Calendar, datetime], seconds: int) -> None:
    calendar, start = case
    working = timedelta(seconds=seconds)
    assume(calendar.between(start, start + DAY * 12) >= working)
    assert calendar.after(start, working) == slowly_after(calendar, start, working)


@given(case=cases(), seconds=st.integers(1, 40 * 3600))
@settings(max_examples=120)
def test_going_there_and_measuring_the_way_agree(case: tuple[Calendar, datetime], seconds: int) -> None:
    calendar, start = case
    assume(calendar.between(start, start + DAY * 21) >= MINUTE * 30)
    working = timedelta(seconds=seconds)
    assert calendar.between(start, calendar.after(start, working)) == working


@given(case=cases())
@example((Calendar("Europe/Berlin", (Hours(5, time(22), timedelta(hours=8)),)), datetime(2026, 3, 28, tzinfo=UTC)))
@settings(max_examples=120)
def test_spans_come_in_order_and_apart(case: tuple[Calendar, datetime]) -> None:
    calendar, start = case
    spans = list(calendar.spans(start, start + DAY * 5))
    assert all(span.start < span.end for span in spans)
    assert all(one.end < other.start for one, other in pairwise(spans))


NIGHTS = Calendar("Europe/Berlin", tuple(Hours(day, time(22), timedelta(hours=8)) for day in range(7)))
OFFICE = Calendar(
    "Europe/Berlin",
    tuple(Hours(day, time(8), timedelta(hours=10)) for day in range(5)),
    frozenset({date(2026, 12, 25)}),
)
BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "due"),
    [
        (OFFICE, "2026-03-02 09:30", 2, "2026-03-02 11:30"),
        (OFFICE, "2026-03-02 17:00", 2, "2026-03-03 09:00"),
        (OFFICE, "2026-03-06 17:00", 2, "2026-03-09 09:00"),
        (OFFICE, "2026-03-07 12:00", 1, "2026-03-09 09:00"),
        (OFFICE, "2026-12-24 17:30", 1, "2026-12-28 08:30"),
        (OFFICE, "2026-03-27 17:00", 10, "2026-03-30 17:00"),
        # The clock is put forward from 2 to 3: that night has seven hours; and back: that one has nine.
        (NIGHTS, "2026-03-28 22:00", 7, "2026-03-29 06:00"),
        (NIGHTS, "2026-10-24 22:00", 9, "2026-10-25 06:00"),
        (NIGHTS, "2026-10-24 12:00", 10, "2026-10-25 23:00"),
        (Calendar("Europe/Berlin", always=True), "2026-03-28 22:00", 24, "2026-03-29 23:00"),
    ],
)
def test_deadlines_by_hand(calendar: Calendar, start: str, hours: int, due: str) -> None:
    assert calendar.after(local(start), timedelta(hours=hours)) == local(due)


def test_a_deadline_at_closing_time_is_at_closing_time_not_next_morning() -> None:
    assert OFFICE.after(local("2026-03-02 16:00"), timedelta(hours=2)) == local("2026-03-02 18:00")


def test_no_time_passes_at_once() -> None:
    assert OFFICE.after(local("2026-03-07 12:00"), timedelta()) == local("2026-03-07 12:00")


@pytest.mark.parametrize("calendar", [Calendar("UTC"), Calendar("UTC", holidays=frozenset({date(2026, 1, 1)}))])
def test_a_calendar_that_never_opens_says_so(calendar: Calendar) -> None:
    with pytest.raises(NeverOpen):
        calendar.after(datetime(2026, 1, 1, tzinfo=UTC), timedelta(seconds=1))
