"""The fields that the forms of this room are made of."""

from datetime import UTC, datetime
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 20_000
# PostgreSQL keeps what Python can't read back; one such row would break every list that it stands in.
NOT_BEFORE = MinValueValidator(datetime(1970, 1, 1, tzinfo=UTC), _("This is too long ago: is the year right?"))
NOT_AFTER = MaxValueValidator(datetime(2200, 1, 1, tzinfo=UTC), _("This is too far ahead: is the year right?"))


class PointingForm(forms.Form):
    """Puts the cursor where something has to be looked at again, however long the page around the form is."""

    def full_clean(self) -> None:
        super().full_clean()
        for name in self.fields:
            if name in self.errors:
                self.fields[name].widget.attrs["autofocus"] = True
                return


def text_field(label: Any, *, rows: int = 4, required: bool = True, **more: Any) -> forms.CharField:
    """A field for people's own words."""
    widget = forms.Textarea(attrs={"rows": rows})
    more.setdefault("error_messages", {"required": _("This can't stay empty.")})
    return forms.CharField(label=label, required=required, max_length=LONGEST_TEXT, widget=widget, **more)


def moment_field(label: Any, **more: Any) -> forms.DateTimeField:
    """A field for a day and time, in the reader's own zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, validators=[NOT_BEFORE, NOT_AFTER], **more)


def record_field(label: Any = None, **more: Any) -> "forms.ModelChoiceField[Any]":
    """A choice of records; `offer` says which, once an organisation is bound."""
    more.setdefault("empty_label", _("Choose") if more.get("required", True) else _("Not said"))
    more.setdefault("error_messages", {"required": _("Please choose.")})
    return forms.ModelChoiceField(label=label, queryset=None, **more)


def offer(form: forms.Form, name: str, records: "QuerySet[Any]", chosen: object = None) -> None:
    """Offer these records in a field made by `record_field`."""
    field = cast("forms.ModelChoiceField[Any]", form.fields[name])
    field.queryset = records
    field.initial = chosen
