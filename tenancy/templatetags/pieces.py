"""Small components that a page shows by the dozen: a template each, rendered once for the same few words."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from tenancy.templatetags.moments import distance_of

register = template.Library()
MOST_UNSENT = 500
_unsent: dict[Hashable, SafeString] = {}


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


@register.simple_tag
def line(template_name: str, row: Mapping[str, object]) -> SafeString:
    """Render a line of a long list, once for the same plain values as long as its moments are told the same.

    The template gets ``row`` and nothing else: no request, no rights. It may read the clock for how far away the
    row's moments are.
    """
    words = tuple((name, *_plain(word)) for name, word in row.items())
    return _lined(template_name, get_language() or "", get_current_timezone_name(), words)


def _plain(word: object) -> tuple[Any, Any]:
    """A value of a row, and what else its rendering hangs on."""
    if isinstance(word, datetime):
        return word, distance_of(word)
    return (word if word is None or isinstance(word, bool | int) else _unmarked(word)), None


@lru_cache(maxsize=4096)
def _lined(template_name: str, _language: str, _zone: str, words: tuple[tuple[str, Any, Any], ...]) -> SafeString:
    return SafeString(get_template(template_name).render({"row": {name: word for name, word, _told in words}}))


@register.filter
def headed(label: object) -> SafeString:
    """A choice's label: its first line is its title, however it wraps; what follows explains it."""
    title, _break, rest = str(label).partition("\n")
    return format_html("<b>{}</b>{}", title, f"\n{rest}" if rest else "")


@register.simple_tag
def form_fields(form: BaseForm, template_name: str = "components/fields.html") -> SafeString:
    """The fields of a form, as the template writes them; it may depend on nothing but the form.

    Where nothing was sent yet, written once for the same questions, offers and suggestions: most forms of the desk are
    the same on every incident.
    """
    if form.is_bound:
        return _written(form, template_name)
    key = template_name, _asked(form)
    if key not in _unsent:
        if len(_unsent) >= MOST_UNSENT:
            _unsent.clear()
        _unsent[key] = _written(form, template_name)
    return _unsent[key]


def _written(form: BaseForm, template_name: str) -> SafeString:
    return SafeString(get_template(template_name).render({"form": form}))


def _asked(form: BaseForm) -> Hashable:
    """Everything that the fields of an unsent form are written from."""
    fields = tuple(_asks(form[name]) for name in form.fields)
    return type(form), str(form.auto_id), form.prefix, get_language(), get_current_timezone_name(), fields


def _asks(shown: BoundField) -> Hashable:
    field, widget = shown.field, shown.field.widget
    choices: Iterable[tuple[object, object]] = getattr(widget, "choices", ())
    return (
        *(shown.name, str(shown.label), str(shown.help_text), repr(shown.value())),
        *(type(field), field.required, field.disabled, type(widget), repr(widget.attrs)),
        *((str(value), str(label)) for value, label in choices),
    )
