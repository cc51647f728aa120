"""Holidays as people write them: a day in a line, and what it is called."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.utils import formats
from django.utils.translation import gettext as _

Holiday = tuple[date, str]
"""A day, and what it is called; it needs no name."""

LONGEST_NAME = 80
MOST = 1000
_ISO = "%Y-%m-%d"


class UnreadableHoliday(ValueError):
    """A line that is no holiday; the message says which and why, in the reader's words."""


def write(holidays: Iterable[Holiday]) -> str:
    """Write a line for each, in the reader's format, so that `read` understands it."""
    return "\n".join(f"{formats.date_format(day, 'SHORT_DATE_FORMAT')} {name}".strip() for day, name in holidays)


def read(text: str) -> tuple[Holiday, ...]:
    """Read a day per line, in order, each once. Raises `UnreadableHoliday`."""
    lines = [line.strip() for line in text.splitlines()]
    found = [_read_line(number, line) for number, line in enumerate(lines, start=1) if line]
    if len(found) > MOST:
        raise UnreadableHoliday(_("At most %(most)s holidays.") % {"most": MOST})
    return merged(found)


def merged(holidays: Iterable[Holiday]) -> tuple[Holiday, ...]:
    """All of them in order, each day once; the first that has a name for it names it."""
    names: dict[date, str] = {}
    for day, name in holidays:
        names[day] = names.get(day) or name
    return tuple(sorted(names.items()))


def _read_line(number: int, line: str) -> Holiday:
    words = line.split()
    for length in (1, 2, 3):
        day = _read_day(" ".join(words[:length]).rstrip(":;,"))
        name = " ".join(words[length:]).lstrip("-–:;, ").strip()
        if day and len(name) <= LONGEST_NAME:
            return day, name
        if day:
            raise UnreadableHoliday(_("Line %(number)s: this name is too long.") % {"number": number})
    example = formats.date_format(date(2026, 12, 25), "SHORT_DATE_FORMAT")
    raise UnreadableHoliday(
        _("Line %(number)s, “%(line)s”: write the day like %(example)s or 2026-12-25, then its name.")
        % {"number": number, "line": line[:60], "example": example}
    )


def _read_day(text: str) -> date | None:
    for form in _forms():
        try:
            found = datetime.strptime(text, form).replace(tzinfo=UTC).date()
        except ValueError:
            continue
        if 1970 <= found.year < 2200:
            return found
    return None


def _forms() -> list[str]:
    """How a day may be written: by what the reader's language is used to, but for 4/7, which may be April or July."""
    return [_ISO, *(form for form in formats.get_format("DATE_INPUT_FORMATS") if "/" not in form and "%Y" in form)]
