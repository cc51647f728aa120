"""Who takes part."""

from django import forms
from django.utils.translation import gettext_lazy

from incidents.forms.fields import offer, record_field
from incidents.forms.people import PersonField
from incidents.forms.verb import VerbForm
from incidents.models import Involvement
from tenancy.models import Membership


class InvolveForm(VerbForm):
    """Add a person."""

    person = PersonField(
        label=gettext_lazy("Person"),
        help_text=gettext_lazy("A name or mail address."),
        error_messages={"required": gettext_lazy("Say who.")},
    )
    part = forms.ChoiceField(label=gettext_lazy("As"), choices=Involvement.Part.choices)


class ReleaseForm(VerbForm):
    """Remove a person."""

    person = record_field(widget=forms.HiddenInput)
    part = forms.ChoiceField(choices=Involvement.Part.choices, widget=forms.HiddenInput)

    def prepare(self) -> None:
        offer(self, "person", Membership.objects.filter(involvements__incident=self.incident).distinct())

    @property
    def about(self) -> str:
        return f"{self['part'].value()}-{self['person'].value()}"
