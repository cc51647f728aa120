"""heroicons, drawn once: the package builds a tree of elements anew for each one, and a page has dozens of the same."""

from functools import cache

from django import template
from django.utils.safestring import SafeString
from heroicons.templatetags import heroicons

register = template.Library()


@cache
def _drawn(style: str, name: str, size: int) -> SafeString:
    return SafeString(getattr(heroicons, f"heroicon_{style}")(name, size=size))


@register.simple_tag
def heroicon_micro(name: str, size: int = 16) -> SafeString:
    """A small, filled icon, for beside small text."""
    return _drawn("micro", str(name), size)


@register.simple_tag
def heroicon_mini(name: str, size: int = 20) -> SafeString:
    """A filled icon, for beside text."""
    return _drawn("mini", str(name), size)


@register.simple_tag
def heroicon_outline(name: str, size: int = 24) -> SafeString:
    """An icon in outline, to stand by itself."""
    return _drawn("outline", str(name), size)
