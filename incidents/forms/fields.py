"""The fields that the forms of this room are made of."""

from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import Model, QuerySet, Value, Window
from django.db.models.functions import RowNumber
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from incidents.queries import LABEL
from tenancy.bounds import LONGEST_TEXT, NOT_AFTER, NOT_BEFORE
from tenancy.choices import Chooser, RecordChoice


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


class Records(ModelChoiceIterator):
    """The names of records, read without the records; `read_together` may have read them already."""

    def __iter__(self) -> Iterator[Any]:
        field = cast("RecordField", self.field)
        if field.empty_label is not None:
            yield "", field.empty_label
        if field.names is None:
            read_together([field])
        yield from field.names or ()


class RecordField(RecordChoice):
    """A choice of records."""

    iterator = Records
    widget = Chooser
    names: list[tuple[UUID, str]] | None = None


def read_together(fields: Iterable[Any]) -> None:
    """Read what these fields offer in one statement, whatever records they are; hidden ones offer nothing."""
    unread = [one for one in fields if isinstance(one, RecordField) and one.names is None]
    shown = [one for one in unread if getattr(one.widget, "input_type", "") != "hidden"]
    for field in shown:
        field.names = []
    found = [_named(place, one.queryset) for place, one in enumerate(shown) if one.queryset is not None]
    rows = found[0].union(*found[1:], all=True) if found else ()
    for place, _order, key, name in sorted(rows):
        cast(list[tuple[UUID, str]], shown[place].names).append((key, name))


def _named(place: int, records: "QuerySet[Any]") -> Any:
    """The records' public ids and names, each with its place in their usual order."""
    label = LABEL.get(records.model, "name")
    inside = records.model._default_manager.filter(pk__in=records.order_by().values("pk")).order_by()
    order = Window(RowNumber(), order_by=records.model._meta.ordering)
    return inside.values_list(Value(place), order, "public_id", label)


def record_field(label: Any = None, **more: Any) -> RecordField:
    """A choice of records; `offer` says which, once an organisation is bound."""
    more.setdefault("empty_label", _("Choose") if more.get("required", True) else _("Not said"))
    more.setdefault("error_messages", {"required": _("Please choose.")})
    return RecordField(label=label, queryset=None, **more)


def offer(form: forms.Form, name: str, records: "QuerySet[Any]", chosen: Model | None = None) -> None:
    """Offer these records in a field made by `record_field`."""
    field = cast(RecordField, form.fields[name])
    field.queryset = records
    field.initial = chosen
