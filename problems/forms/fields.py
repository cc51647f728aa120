"""The fields that the forms of this room are made of, beside those of every form."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _

_INCIDENT = re.compile(r"(?:INC-)?(\d{1,9})", re.IGNORECASE)
_PROBLEM = re.compile(r"(?:PRB-)?(\d{1,9})", re.IGNORECASE)


class IncidentsField(forms.CharField):
    """Incidents by their numbers, with blanks or commas between them; the value is a tuple of numbers."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        numbers = [
            _number(_INCIDENT, part, _("Write numbers like INC-1042.")) for part in re.split(r"[\s,;]+", text) if part
        ]
        return tuple(dict.fromkeys(numbers))


class IncidentField(forms.CharField):
    """An incident by its number; the value is the number, or None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return _number(_INCIDENT, text, _("Write the number like INC-1042.")) if text else None


class ProblemField(forms.CharField):
    """A problem by its number; the value is the number, or None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).strip()
        return _number(_PROBLEM, text, _("Write the number like PRB-1042.")) if text else None


def numbers_in(labels: Iterable[str]) -> list[int]:
    """The numbers of incidents that an address names; what is none is left out."""
    return [int(found[1]) for label in labels if (found := _INCIDENT.fullmatch(label))]


class ProblemInput(forms.TextInput):
    """A text field that suggests problems: a combobox of the browser's own, of numbers with their titles beside."""

    template_name = "problems/problem_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", **(attrs or {})})
        self.offered: list[tuple[str, str]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = super().get_context(name, value, attrs)
        given["widget"]["offered"] = self.offered
        return given


def _number(pattern: re.Pattern[str], text: str, otherwise: str) -> int:
    found = pattern.fullmatch(text)
    if not found:
        raise forms.ValidationError(otherwise)
    return int(found[1])
