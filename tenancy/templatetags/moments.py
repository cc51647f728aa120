"""Moments as people tell them."""

from datetime import datetime
from functools import lru_cache

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800


def distance_of(at: datetime) -> tuple[bool, int, int]:
    """Whether it lies ahead, and how far away it is in the greatest unit that anything here tells."""
    seconds = int((timezone.now() - at).total_seconds())
    unit = next((unit for unit, most in ((MINUTE, HOUR), (HOUR, 2 * DAY)) if abs(seconds) < most), DAY)
    return seconds < 0, unit, abs(seconds) // unit


@register.filter
def ago(at: datetime) -> str:
    """How long ago it was, roughly; its day, once that is more than a week."""
    seconds = int((timezone.now() - at).total_seconds())
    if seconds < MINUTE:
        return _("just now")
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if seconds < DAY:
        hours = seconds // HOUR
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    if seconds < WEEK:
        days = seconds // DAY
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return formats.date_format(timezone.localtime(at), "SHORT_DATE_FORMAT")


@register.simple_tag
def when(at: datetime) -> SafeString:
    """A moment as its distance or its day, with the exact time as a tooltip."""
    local = timezone.localtime(at)
    exact = _exact(local, timezone.get_current_timezone_name(), get_language() or "")
    iso = local.isoformat(timespec="seconds")
    return format_html('<time class="nowrap" datetime="{}" title="{}">{}</time>', iso, exact, ago(at))


@register.simple_tag
def stamp(at: datetime) -> SafeString:
    """A moment by day and minute, where many stand below each other."""
    return _stamp(at, timezone.get_current_timezone_name(), get_language() or "")


@lru_cache(maxsize=4096)
def _stamp(at: datetime, _zone: str, _language: str) -> SafeString:
    local = timezone.localtime(at)
    short = formats.date_format(local, "SHORT_DATETIME_FORMAT")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), short)


@register.simple_tag
def due(at: datetime) -> SafeString:
    """A deadline as how far away it is, or how late, with the exact time as a tooltip."""
    local = timezone.localtime(at)
    exact = _exact(local, timezone.get_current_timezone_name(), get_language() or "")
    seconds = int((at - timezone.now()).total_seconds())
    tone, text = ("hot", _("%(time)s late")) if seconds < 0 else ("warm" if seconds < HOUR else "", _("in %(time)s"))
    iso = local.isoformat(timespec="seconds")
    distance = text % {"time": _distance(abs(seconds))} if abs(seconds) >= MINUTE else _("now")
    return format_html('<time class="nowrap {}" datetime="{}" title="{}">{}</time>', tone, iso, exact, distance)


def _distance(seconds: int) -> str:
    """Its greatest unit, never rounded up."""
    if seconds < HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if seconds < 2 * DAY:
        hours = seconds // HOUR
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = seconds // DAY
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


@lru_cache(maxsize=4096)
def _exact(local: datetime, _zone: str, _language: str) -> str:
    return formats.date_format(local, "DATETIME_FORMAT")
