"""Fields for people: one types a name or an address, and is offered who fits; without a script the form asks back."""

from typing import Any, cast

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from incidents.people import line, meant
from tenancy.models import Membership

LONGEST = 200


class PersonInput(forms.TextInput):
    """A text field with suggestions: a combobox of the browser's own, keys and all; htmx fetches what it offers."""

    template_name = "incidents/person_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false", "maxlength": LONGEST, **(attrs or {})})
        self.offered: list[str] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        given = super().get_context(name, value, attrs)
        given["widget"] |= {"offered": self.offered, "suggestions": reverse_lazy("desk:people")}
        return given


class PersonField(forms.CharField):
    """Somebody who is here, by what was typed; the value is their membership, or None."""

    widget = PersonInput

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return one_of(text, cast(forms.Widget, self.widget)) if text else None


class PeopleField(forms.CharField):
    """Several people, one a line; the value is a tuple of memberships."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        lines = [text for text in super().clean(value).splitlines() if text.strip()]
        return tuple({person.pk: person for person in (one_of(text) for text in lines)}.values())


def one_of(text: str, widget: forms.Widget | None = None) -> Membership:
    """The one whom the text names; says who fits where several do."""
    found = meant(text)
    if not found:
        raise forms.ValidationError(_("Nobody of this name or address is known here."))
    if len(found) > 1:
        fitting = [line(person) for person in found]
        if isinstance(widget, PersonInput):
            widget.offered = fitting
        raise forms.ValidationError(_("Several people fit, write one of them: %(who)s") % {"who": "; ".join(fitting)})
    return found[0]
