"""What a problem is about, and how bad it is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents import words
from incidents.forms.fields import PointingForm, offer, record_field, text_field
from incidents.models import Category, Service
from incidents.priority import Impact, Urgency
from problems.drafts import Assessment, Description
from problems.forms.verb import ProblemForm
from problems.models import Problem


class DescribingForm(PointingForm):
    """The fields of a `Description`."""

    title = forms.CharField(label=_("Title"), max_length=200)
    description = text_field(_("What is known"), required=False, rows=5)
    service = record_field(_("Service"), required=False)
    category = record_field(_("Category"), required=False)
    error_code = forms.CharField(label=_("Error code"), max_length=100, required=False)

    def offer_records(self, problem: Problem | None = None) -> None:
        """Offer services and categories; those of the problem are chosen."""
        offer(self, "service", Service.objects.filter(is_active=True), problem and problem.service)
        offer(self, "category", Category.objects.filter(is_active=True), problem and problem.category)

    def described(self) -> Description:
        """What was said."""
        names = ("title", "description", "error_code", "service", "category")
        return Description(**{name: self.cleaned_data[name] for name in names})


class DescribeForm(DescribingForm, ProblemForm):
    """Say better what it is about."""

    def prepare(self) -> None:
        self.offer_records(self.problem)
        for name in ("title", "description", "error_code"):
            self.fields[name].initial = getattr(self.problem, name)

    def arguments(self) -> dict[str, Any]:
        return {"description": self.described()}


class AssessForm(ProblemForm):
    """How bad it is."""

    impact = forms.ChoiceField(label=_("Impact"), choices=list(words.IMPACT.items()))
    urgency = forms.ChoiceField(label=_("Urgency"), choices=list(words.URGENCY.items()))

    def prepare(self) -> None:
        self.fields["impact"].initial = self.problem.impact
        self.fields["urgency"].initial = self.problem.urgency

    def arguments(self) -> dict[str, Any]:
        facts = self.cleaned_data
        return {"assessment": Assessment(impact=Impact(facts["impact"]), urgency=Urgency(facts["urgency"]))}
