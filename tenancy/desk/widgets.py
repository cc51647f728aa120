"""How a form of the desk asks for what it needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect

if TYPE_CHECKING:  # generic for the type checker only
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    InlineFormSet = forms.BaseInlineFormSet


class Chooser(AutocompleteSelect):
    """Choose a row by typing. What can't be an id chooses nothing: Django would ask the database for it, and fail."""

    OFFERED = 200
    """How many rows a browser without scripts may choose from."""

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The row that is chosen, if any, and the first of the others; with scripts they come as one types."""
        chosen = [one for one in value if str(one).isdecimal()]
        groups: Any = super().optgroups(name, chosen, attr)
        options = groups[0][1]
        if not options:  # else a browser chooses the first of the others by itself
            options.append(self.create_option(name, "", "", False, 0))
        for row in self.choices.queryset.exclude(pk__in=chosen)[: self.OFFERED]:
            label = self.choices.field.label_from_instance(row)
            options.append(self.create_option(name, row.pk, label, False, len(options)))
        return groups

    @property
    def media(self) -> forms.Media:
        """Django's, and what gives the box that its script draws a name."""
        return super().media + forms.Media(js=["stillwater/choosers.js"])


class Rows(InlineFormSet):
    """Rows under a heading for each column: to a screen reader each field says its column itself."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name every field that is seen."""
        super().add_fields(form, index)
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)
