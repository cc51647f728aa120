"""The fields that the forms of this room are made of, beside those of every form."""

import re
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


def _number(pattern: re.Pattern[str], text: str, otherwise: str) -> int:
    found = pattern.fullmatch(text)
    if not found:
        raise forms.ValidationError(otherwise)
    return int(found[1])
