"""The search for the cause."""

from django import forms
from django.utils.translation import gettext_lazy

from incidents.forms.fields import offer, record_field, text_field
from incidents.forms.verb import VerbForm
from incidents.models import Hypothesis, Reference


class SuspectForm(VerbForm):
    """Write a hypothesis."""

    suspicion = text_field(gettext_lazy("What do you suspect?"), rows=2)
    test = text_field(gettext_lazy("How will you test it?"), rows=2, required=False)


class ConcludeForm(VerbForm):
    """Say what came of a hypothesis."""

    hypothesis = record_field(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), choices=Hypothesis.Outcome.choices)
    test = text_field(gettext_lazy("How was it tested?"), rows=2, required=False)
    as_root_cause = forms.BooleanField(
        label=gettext_lazy("If confirmed, it is the root cause"), required=False, initial=True
    )

    def prepare(self) -> None:
        offer(self, "hypothesis", Hypothesis.objects.filter(incident=self.incident))

    @property
    def about(self) -> str:
        return str(self["hypothesis"].value() or "")


class DiagnoseForm(VerbForm):
    """Write the root cause."""

    root_cause = text_field(gettext_lazy("Root cause"), rows=3)

    def prepare(self) -> None:
        self.fields["root_cause"].initial = self.incident.root_cause


class ReferForm(VerbForm):
    """Add somebody else's number."""

    kind = forms.ChoiceField(label=gettext_lazy("Whose?"), choices=Reference.Kind.choices)
    value = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=120,
        error_messages={"required": gettext_lazy("This can't stay empty.")},
    )
    url = forms.URLField(
        label=gettext_lazy("Web address"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("This is not a web address.")},
    )
