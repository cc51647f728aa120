"""Choices in a form: written cheaply, and of records without saying their numbers."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:  # generic for the type checker only
    ModelChoiceField = forms.ModelChoiceField[Any]
else:
    ModelChoiceField = forms.ModelChoiceField


SELECTED = SafeString(" selected")


class Chooser(forms.Select):
    """A select whose options are written without a template for each: there may be a thousand people."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        lines = ((str(key), SELECTED if str(key) in chosen else "", label) for key, label in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', lines)
        written = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        return format_html("<select{}>{}</select>", written, options)


class RecordChoice(ModelChoiceField):
    """A choice of records, each by its public id: a number would tell how many there are in all organisations."""

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, **{**kwargs, "to_field_name": "public_id"})

    def prepare_value(self, value: Any) -> Any:
        """The public id, also where the form knows the row by its number (a model's form does)."""
        if isinstance(value, int):
            return cast(Any, self.queryset).model.objects.filter(pk=value).values_list("public_id", flat=True).first()
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Any:
        """Return the record; whatever is wrong with the id, it is no choice."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            words = getattr(self.widget, "refusal", "") or self.error_messages["invalid_choice"]
            raise ValidationError(words, code="invalid_choice", params={"value": value}) from error
