"""How a form of the desk asks for what it needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tenancy.models import Membership

if TYPE_CHECKING:  # generic for the type checker only
    InlineFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    InlineFormSet = forms.BaseInlineFormSet


class Chooser(AutocompleteSelect):
    """Choose somebody by typing, by their public id. What can't be an id chooses nobody: the database would fail on it.

    A browser without scripts shows the first few, and a box to type in for all others: the form asks back where
    several fit.
    """

    template_name = "admin/chooser.html"
    OFFERED = 200
    """How many a browser without scripts may choose from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.typed = self.refusal = ""
        self.fitting: list[Membership] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Whom the box names, else who was chosen."""
        self.typed = str(data.get(f"{name}-typed") or "").replace("\0", "").strip()[:200]
        if not self.typed:
            return super().value_from_datadict(data, files, name)
        self.fitting = _fitting(self.choices.queryset, self.typed)
        if len(self.fitting) == 1:
            return str(self.fitting[0].public_id)
        self.refusal = gettext("Several people fit: choose one of them.") if self.fitting else gettext("Nobody fits.")
        return self.typed

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = super().get_context(name, value, attrs)
        given["widget"]["typed"] = self.typed
        return given

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> Any:
        """The row that is chosen, if any, and the first of the others; with scripts they come as one types."""
        chosen = {UUID(str(one)) for one in value if _is_id(str(one))}
        rows = self.choices.queryset
        others = self.fitting or rows.exclude(public_id__in=chosen)[: self.OFFERED]
        offered = {row.public_id: row for row in [*rows.filter(public_id__in=chosen), *others]}.values()
        # One that is empty even where something has to be chosen, else a browser chooses the first by itself.
        options = [] if chosen and self.is_required else [self.create_option(name, "", "", False, 0)]
        for row in offered:
            label, is_chosen = self.choices.field.label_from_instance(row), row.public_id in chosen
            label = f"{label} ({row.mail})" if row in self.fitting and row.mail else label
            options.append(self.create_option(name, row.public_id, label, is_chosen, len(options), attrs=attr))
        return [(None, options, 0)]

    @property
    def media(self) -> forms.Media:
        """Django's, and what gives the box that its script draws a name."""
        return super().media + forms.Media(js=["stillwater/choosers.js"])


def _fitting(people: Any, text: str) -> list[Membership]:
    """Whom the text means: by the whole address or name, else by a part of either."""
    here = people.filter(state=Membership.State.ACTIVE).order_by("name", "pk")
    for meant in (Q(mail__iexact=text), Q(name__iexact=text), Q(name__icontains=text) | Q(mail__icontains=text)):
        if found := list(here.filter(meant)[: Chooser.OFFERED]):
            return found
    return []


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


class Unsaid(forms.HiddenInput):
    """For a number that Django would like to see on the page: it isn't written there, and none is read."""

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        """Nothing."""
        return SafeString("")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        """Nothing."""


class Rows(InlineFormSet):
    """Rows under a heading for each column: to a screen reader each field says its column itself.

    A row is known by its place. Its number and its owner's stay inside, and nothing is lost by it: the action is
    handed all rows as they shall be, and finds out by itself what is new and what is gone.
    """

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        there, inherited = self.get_queryset(), cast(Any, super())
        if i < min(self.initial_form_count(), len(there)):
            kwargs["instance"] = there[i]
        form = inherited._construct_form(i, **kwargs)
        form.fields["id"].required = False
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """Name every field that is seen, and keep the numbers."""
        super().add_fields(form, index)
        form.fields["id"] = forms.Field(widget=Unsaid, required=False)
        form.fields[self.fk.name].widget = Unsaid()
        for field in form.fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)
