"""Holidays out of files that somebody else wrote."""

from datetime import date

import pytest

from tenancy.icalendars import MAX_BYTES, UnreadableCalendar, read

TODAY = date(2026, 3, 2)


def ical(*events: str) -> bytes:
    inner = "".join(f"BEGIN:VEVENT\nUID:{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{inner}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def days(*events: str) -> list[str]:
    return [f"{day} {name}".strip() for day, name in read(ical(*events), TODAY).holidays]


def test_whole_days_are_found_and_what_is_past_is_not() -> None:
    assert days(
        "DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas Day",
        "DTSTART;VALUE=DATE:20251225\nSUMMARY:Last year's",
        "DTSTART;VALUE=DATE:20261231\nDTEND;VALUE=DATE:20270102",
        "DTSTART;VALUE=DATE:20260501\nDURATION:P2D\nSUMMARY:May\\, the first",
        "DTSTART;VALUE=DATE:20260601\nSTATUS:CANCELLED\nSUMMARY:Not this",
    ) == [
        "2026-05-01 May, the first",
        "2026-05-02 May, the first",
        "2026-12-25 Christmas Day",
        "2026-12-31",
        "2027-01-01",
    ]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("DTSTART;VALUE=DATE:19501003\nRRULE:FREQ=YEARLY", [f"{year}-10-03" for year in range(2026, 2032)]),
        ("DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY;COUNT=8", ["2026-10-03", "2027-10-03"]),
        ("DTSTART;VALUE=DATE:20201003\nRRULE:FREQ=YEARLY;UNTIL=20271003", ["2026-10-03", "2027-10-03"]),
        ("DTSTART;VALUE=DATE:20211003\nRRULE:FREQ=YEARLY;INTERVAL=3", ["2027-10-03", "2030-10-03"]),
        ("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY", ["2028-02-29"]),
        ("DTSTART;VALUE=DATE:20251127\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;COUNT=3", ["2026-11-26", "2027-11-25"]),
        ("DTSTART;VALUE=DATE:20290528\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO",
         ["2029-05-28", "2030-05-27", "2031-05-26"]),
        ("DTSTART;VALUE=DATE:20290101\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20300101", ["2029-01-01", "2031-01-01"]),
    ],
)  # fmt: skip
def test_what_comes_back_every_year(rule: str, expected: list[str]) -> None:
    assert days(rule) == expected


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART:20261225T080000Z",
        "DTSTART;VALUE=DATE:20261225\nDTEND:20261225T180000Z",
        "DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260915",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SECONDLY;COUNT=999999999",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYMONTH=1,2,3",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYDAY=FR",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;BYYEARDAY=1",
        "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY;INTERVAL=0",
        "DTSTART;VALUE=DATE:2026",
        "X-NOTHING:1",
    ],
)
def test_what_is_no_holiday_is_left_out_by_name(event: str) -> None:
    found = read(ical("DTSTART;VALUE=DATE:20260501\nSUMMARY:Good", f"{event}\nSUMMARY:Odd"), TODAY)
    assert (found.holidays, found.left_out) == (((date(2026, 5, 1), "Good"),), ["Odd"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"hello",
        b"BEGIN:VCALENDAR",
        b"<html>no</html>",
        b"BEGIN:VEVENT\r\n" * 9_000,
        b"BEGIN:VCALENDAR\r\n" * 6_000 + b"END:VCALENDAR\r\n" * 6_000,
        ical(),
        ical("DTSTART;VALUE=DATE:20201225"),
        b"x" * (MAX_BYTES + 1),
        ical(*("DTSTART;VALUE=DATE:20260501\nRRULE:FREQ=SECONDLY" for _ in range(2_500))),
        ical(*(f"DTSTART;VALUE=DATE:2027{n % 12 + 1:02}01\nDURATION:P60D" for n in range(2_000)), *(
            f"DTSTART;VALUE=DATE:{2028 + n}0101\nDURATION:P60D" for n in range(4)
        ), *(f"DTSTART;VALUE=DATE:{2028 + n // 6}{n % 6 * 2 + 1:02}01\nDURATION:P60D" for n in range(24))),
    ],
    ids=range(12),
)  # fmt: skip
def test_a_file_that_is_of_no_use_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(UnreadableCalendar, match=r"iCal|larger|no holiday|more than"):
        read(content, TODAY)
