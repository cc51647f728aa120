"""Choose a record in a form, without saying its number."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.exceptions import ValidationError

if TYPE_CHECKING:  # generic for the type checker only
    ModelChoiceField = forms.ModelChoiceField[Any]
else:
    ModelChoiceField = forms.ModelChoiceField


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
