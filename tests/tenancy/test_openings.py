"""Open hours as they are typed and told."""

from datetime import date, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tenancy.holidays import UnreadableHoliday
from tenancy.holidays import read as read_holidays
from tenancy.holidays import write as write_holidays
from tenancy.hours import Calendar, Hours
from tenancy.openings import UnreadableHours, glance, read_day, tell, write_day

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", ""),
        ("08:00-12:00, 13:00-18:00", "08:00-12:00, 13:00-18:00"),
        ("13-18; 8.30–12", "08:30-12:00, 13:00-18:00"),
        ("22:00 - 6:00", "22:00-06:00"),
        ("0-24", "00:00-24:00"),
        ("12-0", "12:00-24:00"),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, meant: str) -> None:
    assert write_day(read_day(2, typed)) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("morning", "“morning” can't be read"),
        ("8", "can't be read"),
        ("8-12-18", "can't be read"),
        ("8-25", "no such time"),
        ("24-6", "no such time"),
        ("8:61-12", "no such time"),
        ("8-8", "no time at all"),
        ("8-12, 11-13", "08:00-12:00 and 11:00-13:00 overlap"),
        ("22-6, 5-7, 23-24", "overlap"),
        (", ".join(f"{hour}-{hour + 1}" for hour in range(13)), "At most 12"),
    ],
)
def test_what_are_no_hours_is_said(typed: str, why: str) -> None:
    with pytest.raises(UnreadableHours, match=why):
        read_day(0, typed)


SPANS = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=12, unique=True).map(sorted)


@given(cuts=SPANS)
def test_what_is_written_can_be_read_again(cuts: list[int]) -> None:
    day = tuple(
        Hours(3, time(begins // 60, begins % 60), timedelta(minutes=ends - begins))
        for begins, ends in zip(cuts[::2], cuts[1::2], strict=False)
    )
    assert read_day(3, write_day(day)) == day


def week(**days: str) -> tuple[Hours, ...]:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return tuple(hours for name, text in days.items() for hours in read_day(names.index(name), text))


WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = week(**dict.fromkeys(WORKDAYS, "8-18"))


@pytest.mark.parametrize(
    ("calendar", "language", "told"),
    [
        (Calendar("Europe/Berlin", OFFICE), "en", "Mon–Fri 8–18 Berlin"),
        (Calendar("Europe/Berlin", OFFICE), "de", "Mo–Fr 8–18 Berlin"),
        (Calendar("America/New_York", week(mon="8-12, 13-18", wed="8:30-14", thu="8:30-14")), "en",
         "Mon 8–12 and 13–18, Wed–Thu 8:30–14 New York"),
        (Calendar("UTC", always=True), "en", "round the clock"),
        (Calendar("UTC"), "en", "never"),
    ],
)  # fmt: skip
def test_a_week_is_told_in_a_line(calendar: Calendar, language: str, told: str) -> None:
    with translation.override(language):
        assert tell(calendar) == told


def test_a_night_reaches_into_the_next_day_and_week() -> None:
    seen = glance(Calendar("UTC", week(mon="8-18", sun="22-6")))
    assert [day.bars for day in seen] == [[(480, 600), (0, 360)], [], [], [], [], [], [(1320, 120)]]
    assert {day.bars == [(0, 1440)] for day in glance(Calendar("UTC", always=True))} == {True}


DAYS = ((date(2026, 5, 1), ""), (date(2026, 12, 25), "Christmas Day"))


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1 May 2026\n25 Dec 2026 Christmas Day"), ("de", "01.05.2026\n25.12.2026 Christmas Day")],
)
def test_holidays_are_written_and_read_in_the_readers_format(language: str, text: str) -> None:
    with translation.override(language):
        assert write_holidays(DAYS) == text
        assert read_holidays(text) == DAYS
        assert read_holidays("2026-12-25: Christmas Day\n\n 2026-05-01 \n2026-12-25 Again") == DAYS


@pytest.mark.parametrize("line", ["4/7/2026", "Christmas", "2026-02-30 Never", "25.12.26", "0026-12-25"])
def test_a_line_that_is_no_holiday_is_named(line: str) -> None:
    with pytest.raises(UnreadableHoliday, match=r"Line 2, .*write the day like 25 Dec 2026"):
        read_holidays(f"2026-12-25\n{line}")
