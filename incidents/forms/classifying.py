"""What it is, and how much it matters."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from incidents import words
from incidents.drafts import Classification
from incidents.forms.fields import offer, record_field, text_field
from incidents.forms.verb import VerbForm
from incidents.models import Category, IncidentType, Service
from incidents.priority import Impact, Priority, Risk, Severity, Urgency


class ClassifyForm(VerbForm):
    """Say what it is."""

    type = record_field(gettext_lazy("Type"), required=False)
    category = record_field(gettext_lazy("Category"), required=False)
    service = record_field(gettext_lazy("Service"), required=False)
    impact = forms.ChoiceField(label=gettext_lazy("Impact"), choices=list(words.IMPACT.items()))
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=list(words.URGENCY.items()))
    risk = forms.ChoiceField(label=gettext_lazy("Risk"), choices=list(words.RISK.items()))
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        choices=[("", gettext_lazy("Not said")), *words.SEVERITY.items()],
        required=False,
    )

    def prepare(self) -> None:
        for name, model in (("type", IncidentType), ("category", Category), ("service", Service)):
            chosen = getattr(self.incident, name)
            # What has been retired since stays where it is, until somebody chooses anew.
            offer(self, name, model.objects.filter(Q(is_active=True) | Q(pk=chosen.pk if chosen else None)), chosen)
        for name in ("impact", "urgency", "risk", "severity"):
            self.fields[name].initial = getattr(self.incident, name)

    def arguments(self) -> dict[str, Any]:
        facts = self.cleaned_data
        classification = Classification(
            type=facts["type"],
            category=facts["category"],
            service=facts["service"],
            impact=Impact(facts["impact"]),
            urgency=Urgency(facts["urgency"]),
            risk=Risk(facts["risk"]),
            severity=Severity(facts["severity"]) if facts["severity"] else None,
        )
        return {"facts": classification}


class OverrideForm(VerbForm):
    """Set the priority by hand."""

    priority = forms.ChoiceField(label=gettext_lazy("Priority"), choices=[(p.value, p.value) for p in Priority])
    reason = text_field(gettext_lazy("Why?"), rows=2, help_text=gettext_lazy("Kept as an internal note."))

    def prepare(self) -> None:
        self.fields["priority"].initial = self.incident.priority

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "priority": Priority(self.cleaned_data["priority"])}
