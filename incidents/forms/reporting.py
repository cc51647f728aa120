"""Report an incident oneself, or log it for somebody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.drafts import Draft, Intake
from incidents.forms.fields import moment_field, offer, record_field
from incidents.forms.files import FilesMixin
from incidents.forms.people import PeopleField, PersonField
from incidents.models import Category, Incident, IncidentType, Service
from incidents.priority import Impact, Urgency
from tenancy.drafts import Profile
from tenancy.models import Membership

NOW, EXACTLY, ROUGHLY = "now", "exactly", "roughly"

URGENCY_IN_WORDS = [
    (
        Urgency.CRITICAL,
        gettext_lazy("Everything stops\nWork is impossible right now, or somebody could come to harm."),
    ),
    (Urgency.HIGH, gettext_lazy("Hard to work\nSomething important can't be done today.")),
    (Urgency.MEDIUM, gettext_lazy("Annoying\nThere is a way around it, but it costs time.")),
    (Urgency.LOW, gettext_lazy("It can wait\nA small flaw, or a wish.")),
]
IMPACT_IN_WORDS = [
    (Impact.PERSON, gettext_lazy("Just me")),
    (Impact.GROUP, gettext_lazy("A few of us")),
    (Impact.DEPARTMENT, gettext_lazy("My whole department")),
    (Impact.ORGANISATION, gettext_lazy("Everybody")),
]
IMPACT_ON_THEM = [
    (Impact.PERSON, gettext_lazy("One person")),
    (Impact.GROUP, gettext_lazy("A few people")),
    (Impact.DEPARTMENT, gettext_lazy("A whole department")),
    (Impact.ORGANISATION, gettext_lazy("Everybody")),
]
STAFF_SOURCES = [
    (Incident.Source.PHONE, Incident.Source.PHONE.label),
    (Incident.Source.WALK_IN, Incident.Source.WALK_IN.label),
    (Incident.Source.MAIL, Incident.Source.MAIL.label),
    (Incident.Source.MONITORING, Incident.Source.MONITORING.label),
    (Incident.Source.TESTING, Incident.Source.TESTING.label),
]


class ReportForm(FilesMixin):
    """Asks little: what happened, when, how badly it hits; the rest may be left out."""

    title = forms.CharField(
        label=gettext_lazy("What happened?"),
        max_length=200,
        help_text=gettext_lazy("One sentence, like “The label printer prints empty pages”."),
        error_messages={"required": gettext_lazy("Say in one sentence what happened.")},
    )
    description = forms.CharField(
        label=gettext_lazy("Tell us more"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What did you do, what did you expect, what did you see?"),
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When did it happen?"),
        choices=[
            (NOW, gettext_lazy("Just now")),
            (EXACTLY, gettext_lazy("At this time")),
            (ROUGHLY, gettext_lazy("Around this time")),
        ],
        initial=NOW,
        widget=forms.RadioSelect,
    )
    happened_at = moment_field(gettext_lazy("Day and time"), required=False)
    urgency = forms.ChoiceField(
        label=gettext_lazy("How bad is it?"),
        choices=URGENCY_IN_WORDS,
        initial=Urgency.MEDIUM,
        widget=forms.RadioSelect,
    )
    impact = forms.ChoiceField(
        label=gettext_lazy("Who is affected?"),
        choices=IMPACT_IN_WORDS,
        initial=Impact.PERSON,
        widget=forms.RadioSelect,
    )
    service = record_field(
        gettext_lazy("Which service?"),
        required=False,
        empty_label=gettext_lazy("I don't know"),
    )
    error_code = forms.CharField(label=gettext_lazy("Error code"), required=False, max_length=80)

    field_order: Iterable[str] | None = (
        "title",
        "description",
        "when",
        "happened_at",
        "urgency",
        "impact",
        "service",
        "error_code",
        "uploads",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "service", Service.objects.reportable())

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if facts.get("when") not in (EXACTLY, ROUGHLY):  # the day and time are hidden then
            self.errors.pop("happened_at", None)
            return facts
        happened_at: datetime | None = facts.get("happened_at")
        if not happened_at and "happened_at" not in self.errors:
            self.add_error("happened_at", _("Say the day and time, or choose “Just now”."))
        if happened_at and happened_at > timezone.now():
            self.add_error("happened_at", _("This time is still to come."))
        return facts

    def draft(self) -> Draft:
        """The report as facts, with the files that were kept."""
        facts = self.cleaned_data
        return Draft(
            title=facts["title"],
            description=facts["description"],
            occurred_at=None if facts["when"] == NOW else facts["happened_at"],
            occurred_roughly=facts["when"] == ROUGHLY,
            urgency=Urgency(facts["urgency"]),
            impact=Impact(facts["impact"]),
            service=facts["service"],
            error_code=facts["error_code"],
            attachments=self.uuids,
        )


class LogForm(ReportForm):
    """Logs for somebody: a known person, or a new contact without a login."""

    requester = PersonField(
        label=gettext_lazy("Who reports it?"),
        required=False,
        help_text=gettext_lazy("A name or mail address."),
    )
    contact_name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    contact_mail = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Phone"), required=False, max_length=40)
    source = forms.ChoiceField(
        label=gettext_lazy("How did it come in?"),
        choices=STAFF_SOURCES,
        initial=Incident.Source.PHONE,
        widget=forms.RadioSelect,
    )
    source_reference = forms.CharField(
        label=gettext_lazy("Their own number for it"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Logging the same number again leads to the same incident."),
    )
    affected = PeopleField(
        label=gettext_lazy("Who else is affected?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Names or mail addresses, one a line."),
    )
    type = record_field(gettext_lazy("Type"), required=False)
    category = record_field(gettext_lazy("Category"), required=False)
    field_order = (
        "requester",
        "contact_name",
        "contact_mail",
        "contact_phone",
        "source",
        "source_reference",
        "title",
        "description",
        "when",
        "happened_at",
        "error_code",
        "uploads",
        "service",
        "type",
        "category",
        "urgency",
        "impact",
        "affected",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].label = _("More about it")
        self.fields["description"].help_text = _("What did they do, what did they expect, what did they see?")
        cast(forms.ChoiceField, self.fields["impact"]).choices = IMPACT_ON_THEM
        offer(self, "type", IncidentType.objects.filter(is_active=True))
        offer(self, "category", Category.objects.filter(is_active=True))

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        is_new = any(facts.get(f"contact_{name}") for name in ("name", "mail", "phone"))
        if facts.get("requester") and is_new:
            self.add_error("requester", _("Here is a person, and below somebody new: leave one of them empty."))
        elif "requester" not in self.errors and not facts.get("requester") and not facts.get("contact_name"):
            self.add_error("requester", _("Choose a person, or give the name of somebody new."))
        mail = facts.get("contact_mail")
        if mail and (known := Membership.objects.filter(mail__iexact=mail).first()):
            chosen = _("Somebody with this address is known already: choose them above.")
            left = _("Whoever had this address here has left: leave it out, or have them invited again.")
            self.add_error("contact_mail", chosen if known.is_active else left)
        return facts

    def draft(self) -> Draft:
        """The report as facts, with what staff know it to be."""
        return replace(super().draft(), type=self.cleaned_data["type"], category=self.cleaned_data["category"])

    def intake(self) -> Intake:
        """Who reported it, and how it came in."""
        facts = self.cleaned_data
        contact = Profile(**{name: facts[f"contact_{name}"] for name in ("name", "mail", "phone")})
        return Intake(
            reporter=facts["requester"] or contact,
            source=facts["source"],
            source_reference=facts["source_reference"],
            affected=facts["affected"],
        )
