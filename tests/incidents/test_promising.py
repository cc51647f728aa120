"""Promises in words, and times as people type them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from incidents import durations
from incidents.promising import Scope, sentences
from incidents.sla import Part, Why
from incidents.views.promises import _days
from tenancy.hours import Calendar, Span
from tenancy.openings import read_day

OFFICE = Calendar("Europe/Berlin", tuple(hours for day in range(5) for hours in read_day(day, "8-18")))
ALWAYS = Calendar("UTC", always=True)


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("", 0), (" 15 min ", 15), ("15m", 15), ("90 Minuten", 90), ("4h", 240), ("4 hours", 240),
        ("1 Std. 30 Min.", 90),
        ("1,5 h", 90), ("1.25 Stunden", 75), ("1 hr 5 mins", 65), ("100 h", 6000),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(typed: str, minutes: int) -> None:
    assert durations.read(typed) == minutes


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("4", "write it like"), ("soon", "write it like"), ("4:30", "write it like"), ("-4 h", "write it like"),
        ("2 d", "days differ"), ("1 day 2 h", "days differ"), ("2 Wochen", "days differ"),
        ("0 min", "between a minute and a year"), ("99999 h", "between a minute"), ("1.01 h", "no whole number"),
        ("h", "write it like"),
    ],
)  # fmt: skip
def test_what_is_no_time_is_said(typed: str, why: str) -> None:
    with pytest.raises(durations.UnreadableTime, match=why):
        durations.read(typed)


@given(minutes=st.integers(0, durations.LONGEST))
def test_what_is_written_can_be_read_again(minutes: int) -> None:
    assert durations.read(durations.write(minutes)) == minutes


@pytest.mark.parametrize(
    ("targets", "scope", "calendar", "told"),
    [
        ({"P2": {"response": 120}}, Scope("Payroll"), OFFICE,
         ["P2 on Payroll: first answer within 2 business hours, Mon–Fri 8–18 Berlin"]),
        ({"P1": {"response": 15, "resolution": 60, "always": True}, "P3": {"update": 90}}, Scope(type="Hardware"),
         OFFICE, ["P1 (Hardware): first answer within 15 minutes, solution within 1 hour, round the clock",
          "P3 (Hardware): an update every 1 h 30 min of business time, Mon–Fri 8–18 Berlin"]),
        ({"P5": {"response": 1}}, Scope("Payroll", "Hardware"), OFFICE,
         ["P5 on Payroll (Hardware): first answer within 1 business minute, Mon–Fri 8–18 Berlin"]),
        ({"P4": {"resolution": 90}}, Scope(), ALWAYS, ["P4: solution within 1 h 30 min, round the clock"]),
        ({}, Scope("Payroll"), OFFICE, []),
        ({"P1": {"always": True}}, Scope(), OFFICE, []),
    ],
)  # fmt: skip
def test_a_promise_is_told_in_words(targets: dict[str, dict[str, int | bool]], scope: Scope, calendar: Calendar,
                                    told: list[str]) -> None:  # fmt: skip
    with translation.override("en"):
        assert sentences(targets, scope, calendar) == told


def test_what_has_to_add_up_is_told_to_the_minute() -> None:
    day = timedelta(hours=14, minutes=30)
    assert durations.used(day) == "14 hours"
    assert durations.span(day) == "14 h 30 min"
    assert durations.span(timedelta(seconds=59)) == "0 min"


def test_spans_of_hours_and_seconds_add_up_to_what_is_shown() -> None:
    at = datetime(2026, 3, 2, 9, 0, 40, tzinfo=UTC)
    noon, one = at.replace(hour=12, second=0), at.replace(hour=13, second=0)
    rows = _days([Part(Span(at, noon), Why.COUNTED), Part(Span(one, at.replace(hour=14)), Why.COUNTED)])
    assert [(row["length"], row["total"]) for row in rows] == [("2 h 59 min", "2 h 59 min"), ("1 h 1 min", "4 h")]
