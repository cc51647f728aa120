"""When the clinics' desk is there, and what it promises them."""

from config.demo.promised import Hours, Promising, Vow

WORKDAYS = range(5)
# What comes back on the same day, or on the same weekday of a month, stands here once; Easter for each year.
BANK_HOLIDAYS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Harbour & Vale Clinics//Bank holidays//EN
BEGIN:VEVENT
UID:new-year
DTSTART;VALUE=DATE:20250101
RRULE:FREQ=YEARLY
SUMMARY:New Year's Day
END:VEVENT
BEGIN:VEVENT
UID:easter-2026
DTSTART;VALUE=DATE:20260403
DTEND;VALUE=DATE:20260407
SUMMARY:Easter
END:VEVENT
BEGIN:VEVENT
UID:easter-2027
DTSTART;VALUE=DATE:20270326
DTEND;VALUE=DATE:20270330
SUMMARY:Easter
END:VEVENT
BEGIN:VEVENT
UID:easter-2028
DTSTART;VALUE=DATE:20280414
DTEND;VALUE=DATE:20280418
SUMMARY:Easter
END:VEVENT
BEGIN:VEVENT
UID:may
DTSTART;VALUE=DATE:20250505
RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1MO
SUMMARY:Early May bank holiday
END:VEVENT
BEGIN:VEVENT
UID:spring
DTSTART;VALUE=DATE:20250526
RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO
SUMMARY:Spring bank holiday
END:VEVENT
BEGIN:VEVENT
UID:summer
DTSTART;VALUE=DATE:20250825
RRULE:FREQ=YEARLY;BYMONTH=8;BYDAY=-1MO
SUMMARY:Summer bank holiday
END:VEVENT
BEGIN:VEVENT
UID:christmas
DTSTART;VALUE=DATE:20251225
DTEND;VALUE=DATE:20251227
RRULE:FREQ=YEARLY
SUMMARY:Christmas
END:VEVENT
END:VCALENDAR
"""

PROMISING = Promising(
    hours=(
        Hours("Desk", dict.fromkeys(WORKDAYS, "07:30-18:00")),
        Hours("Clinics, six days", {**dict.fromkeys(WORKDAYS, "06:30-21:00"), 5: "07:30-13:00"}),
    ),
    holidays=BANK_HOLIDAYS,
    vows=(
        Vow(
            "All incidents",
            {
                "P1": "15 min, 1 h, 4 h, always",
                "P2": "2 h, 8 h, 10 h",
                "P3": "4 h, 20 h, 30 h",
                "P4": "10 h, -, 50 h",
                "P5": "20 h, -, 100 h",
            },
        ),
        Vow(
            "Patient records",
            {
                "P1": "10 min, 30 min, 2 h, always",
                "P2": "1 h, 4 h, 8 h",
                "P3": "2 h, 8 h, 20 h",
                "P4": "4 h, -, 40 h",
            },
            service="Patient records",
            hours="Clinics, six days",
        ),
    ),
)
