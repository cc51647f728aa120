"""Report an incident, for oneself or for somebody."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents import actions, words
from incidents.api.fields import KeptFiles
from incidents.drafts import Draft, Intake
from incidents.models import Incident, Service
from incidents.priority import Impact, Urgency
from tenancy.api import fields
from tenancy.api.parsing import RecordField, Strict
from tenancy.drafts import Profile
from tenancy.members import Member

SOURCES = (Incident.Source.API, Incident.Source.MONITORING, Incident.Source.TESTING)


class Contact(Strict):
    """Somebody who is not yet known."""

    name = fields.words(most=100)
    mail = serializers.EmailField(required=False, allow_blank=True)
    phone = fields.words(required=False, most=40)


class Report(Strict):
    """What happened; all but the title may be left out."""

    title = fields.words(most=200)
    description = fields.words(required=False)
    service = RecordField(Service.objects.reportable, default=None, allow_null=True)
    urgency = serializers.ChoiceField([one.value for one in words.URGENCY], default=Urgency.MEDIUM)
    impact = serializers.ChoiceField([one.value for one in words.IMPACT], default=Impact.PERSON)
    occurred_at = fields.moment(default=None, allow_null=True, help_text="Left out: now.")
    occurred_roughly = serializers.BooleanField(default=False)
    error_code = fields.words(required=False, most=80)
    attachments = KeptFiles(help_text="Files uploaded before, by their ids.")
    source = serializers.ChoiceField([one.value for one in SOURCES], default=Incident.Source.API)
    source_reference = fields.words(required=False, most=120)
    reporter = RecordField(
        fields.active_people, default=None, allow_null=True, help_text="Whom it happened to, if not to yourself."
    )
    contact = Contact(default=None, allow_null=True, help_text="The same, for somebody who is not yet known.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse what contradicts itself."""
        if attrs["reporter"] and attrs["contact"]:
            raise serializers.ValidationError({"contact": [_("Name a person or a contact, not both.")]})
        if attrs["occurred_at"] and attrs["occurred_at"] > timezone.now():
            raise serializers.ValidationError({"occurred_at": [_("This time is still to come.")]})
        return attrs


def report(member: Member, sent: Any) -> Incident:
    """Report what was sent; a source's reference that is known leads to its incident (``was_known``)."""
    asked = Report(data=sent, context={"member": member})
    asked.is_valid(raise_exception=True)
    facts = asked.validated_data
    somebody = facts["reporter"] or (Profile(**facts["contact"]) if facts["contact"] else None)
    source = {"source": facts["source"], "source_reference": facts["source_reference"]}
    if somebody is None:
        return actions.report(member, draft=_draft(facts), **source)
    return actions.log(member, draft=_draft(facts), intake=Intake(reporter=somebody, **source))


def _draft(facts: dict[str, Any]) -> Draft:
    plain = ("title", "description", "service", "occurred_at", "occurred_roughly", "error_code", "attachments")
    return Draft(
        urgency=Urgency(facts["urgency"]), impact=Impact(facts["impact"]), **{name: facts[name] for name in plain}
    )
