"""How much time a promise is, as people type it, "15 min", "4 h", "1 h 30 min", and as they read it."""

import re
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

HOUR = 60
LONGEST = 366 * 24 * HOUR
_HOURS = r"(?P<hours>\d{1,5}(?:[.,]\d{1,2})?)\s*(?:hours?|hrs?|stunden?|std|h)\.?"
_MINUTES = r"(?P<minutes>\d{1,6})\s*(?:minutes?|minuten?|mins?|m)\.?"
_TIME = re.compile(rf"(?:{_HOURS})?\s*(?:{_MINUTES})?", re.IGNORECASE)
_DAYS = re.compile(r".*\d\s*(?:d|days?|tage?|w|weeks?|wochen?)\b.*", re.IGNORECASE)


class UnreadableTime(ValueError):
    """What was typed is no time; the message says why, in the reader's words."""


def read(text: str) -> int:
    """Read minutes; nothing typed: 0. Raises `UnreadableTime`."""
    text = text.strip()
    match = _TIME.fullmatch(text)
    if _DAYS.fullmatch(text):
        raise UnreadableTime(_("“%(text)s”: days differ, so say it in hours, as 10 h.") % {"text": text})
    if not match or (text and not match.lastgroup):
        raise UnreadableTime(_("“%(text)s” can't be read: write it like 15 min, 4 h or 1 h 30 min.") % {"text": text})
    hours, minutes = match["hours"] or "0", match["minutes"] or "0"
    found = float(hours.replace(",", ".")) * HOUR + int(minutes)
    if found != int(found):
        raise UnreadableTime(_("“%(text)s” is no whole number of minutes.") % {"text": text})
    if text and not 0 < found <= LONGEST:
        raise UnreadableTime(_("“%(text)s” has to be between a minute and a year.") % {"text": text})
    return int(found)


def write(minutes: int) -> str:
    """Write minutes shortly, as `read` understands them; 0: nothing."""
    hours, rest = divmod(minutes, HOUR)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{rest} min"] if rest else [])])


def span(time: timedelta) -> str:
    """Write a span shortly, to the minute: spans below each other have to add up."""
    return write(int(time.total_seconds() // 60)) or "0 min"


def tell(minutes: int, *, always: bool) -> str:
    """Tell minutes in words: business time, or by the clock on the wall where they ``always`` count."""
    hours, rest = divmod(minutes, HOUR)
    if hours and rest:
        return write(minutes) if always else _("%(time)s of business time") % {"time": write(minutes)}
    if hours:
        words = (
            ngettext("%(count)s hour", "%(count)s hours", hours)
            if always
            else ngettext("%(count)s business hour", "%(count)s business hours", hours)
        )
        return words % {"count": hours}
    words = (
        ngettext("%(count)s minute", "%(count)s minutes", rest)
        if always
        else ngettext("%(count)s business minute", "%(count)s business minutes", rest)
    )
    return words % {"count": rest}


def used(time: timedelta) -> str:
    """Working time as people say it, never rounded up: from ten hours on in hours."""
    minutes = int(time.total_seconds() // 60)
    hours, minutes = divmod(minutes, HOUR)
    in_hours = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    in_minutes = ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if not hours:
        return in_minutes
    return f"{in_hours} {in_minutes}" if minutes and hours < 10 else in_hours
