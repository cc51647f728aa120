"""Who takes part."""

from django import forms
from django.utils.translation import gettext_lazy

from incidents.forms.fields import offer, record_field
from incidents.forms.verb import VerbForm
from incidents.models import Involvement
from tenancy.models import Membership


class InvolveForm(VerbForm):
    """Add a person."""

    person = record_field(gettext_lazy("Person"))
    part = forms.ChoiceField(label=gettext_lazy("As"), choices=Involvement.Part.choices)

    def prepare(self) -> None:
        offer(self, "person", Membership.objects.filter(state=Membership.State.ACTIVE))


class ReleaseForm(InvolveForm):
    """Remove a person."""

    def prepare(self) -> None:
        offer(self, "person", Membership.objects.filter(involvements__incident=self.incident).distinct())
        self.fields["person"].widget = forms.HiddenInput()
        self.fields["part"].widget = forms.HiddenInput()
