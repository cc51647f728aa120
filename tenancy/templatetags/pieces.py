"""Small components that a list shows by the hundred: a template each, rendered once for the same few words."""

from functools import lru_cache

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def piece(component: str, **words: object) -> SafeString:
    """Render ``components/{component}.html``, which may depend on nothing but these words and the language.

    No request, no clock, no rights: what one reader was shown, another one will be.
    """
    plain = ((key, word if isinstance(word, bool) else _unmarked(word)) for key, word in words.items())
    return _made(str(component), get_language() or "", tuple(plain))


def _unmarked(word: object) -> str:
    """Plain text, whoever called it safe: marked and unmarked are the same key, and must be the same piece."""
    return str(word) + ""


@lru_cache(maxsize=4096)
def _made(component: str, _language: str, words: tuple[tuple[str, str | bool], ...]) -> SafeString:
    return SafeString(get_template(f"components/{component}.html").render(dict(words)))
