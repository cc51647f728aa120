"""When the press's desk is there, and what it promises: little, but for the shop."""

from config.demo.promised import Hours, Promising, Vow

WORKDAYS = range(5)
HOLIDAYS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Quillfeather Press//Closed//EN
BEGIN:VEVENT
UID:new-year
DTSTART;VALUE=DATE:20250101
RRULE:FREQ=YEARLY
SUMMARY:New Year
END:VEVENT
BEGIN:VEVENT
UID:labour
DTSTART;VALUE=DATE:20250501
RRULE:FREQ=YEARLY
SUMMARY:Labour Day
END:VEVENT
BEGIN:VEVENT
UID:unity
DTSTART;VALUE=DATE:20251003
RRULE:FREQ=YEARLY
SUMMARY:German Unity Day
END:VEVENT
BEGIN:VEVENT
UID:between-the-years
DTSTART;VALUE=DATE:20251224
DTEND;VALUE=DATE:20260101
RRULE:FREQ=YEARLY
SUMMARY:Between the years
END:VEVENT
END:VCALENDAR
"""

PROMISING = Promising(
    hours=(
        Hours("House", {**dict.fromkeys(WORKDAYS, "09:00-12:30, 13:30-18:30"), 4: "09:00-12:30, 13:30-16:00"}),
        Hours("Shop", dict.fromkeys(range(7), "08:00-22:00")),
    ),
    holidays=HOLIDAYS,
    vows=(
        Vow(
            "Everything",
            {"P1": "30 min, 2 h, 8 h, always", "P2": "2 h, 8 h, 16 h", "P3": "8 h, -, 40 h", "P4": "16 h, -, -"},
        ),
        Vow("Web shop", {"P1": "15 min, 1 h, 4 h, always", "P2": "1 h, 4 h, 10 h"}, service="Web shop", hours="Shop"),
    ),
)
