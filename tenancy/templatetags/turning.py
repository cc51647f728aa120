"""Turning the pages of a list, where a page has more than one."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def turn_to(context: dict[str, Any], number: int, key: str = "") -> str:
    """The address of another page of the list that ``key`` turns, with everything else as it stands."""
    query = context["request"].GET.copy()
    query[key or "page"] = str(number)
    return f"?{query.urlencode()}"
