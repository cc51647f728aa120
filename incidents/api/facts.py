"""What each verb wants to be told, field by field."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents import words as said
from incidents.actions.working import CANCELLATIONS, STAFF_ENDINGS
from incidents.api.fields import KeptFiles
from incidents.models import Category, Hypothesis, Incident, IncidentType, Involvement, Reference, Service
from incidents.models.incident import PREFIX
from incidents.priority import Priority
from tenancy.api.fields import LabelField, active_people, choice, moment, words
from tenancy.api.parsing import RecordField, Strict
from tenancy.models import Membership, Team


class Assign(Strict):
    """Who gets it."""

    assignee = RecordField(active_people)


class Route(Strict):
    """Which team gets it."""

    team = RecordField(lambda: Team.objects.filter(is_active=True))


class Classify(Strict):
    """What it is; what is left out stays as it is."""

    type = RecordField(lambda: IncidentType.objects.filter(is_active=True), required=False, allow_null=True)
    category = RecordField(lambda: Category.objects.filter(is_active=True), required=False, allow_null=True)
    service = RecordField(lambda: Service.objects.filter(is_active=True), required=False, allow_null=True)
    impact = choice(said.IMPACT, required=False)
    urgency = choice(said.URGENCY, required=False)
    risk = choice(said.RISK, required=False)
    severity = choice(said.SEVERITY, required=False, allow_null=True)


class Override(Strict):
    """Which priority, and why."""

    priority = choice(Priority)
    reason = words()


class Hold(Strict):
    """What it waits for. The requester has to be asked something; a scheduled date takes a date."""

    reason = choice(said.HOLD_REASON)
    text = words(required=False)
    until = moment(default=None, allow_null=True)


class Resolve(Strict):
    """What was done, and how it was tested."""

    code = choice(Incident.Resolution)
    note = words()
    tested_how = words()


class Reason(Strict):
    """Why."""

    reason = words()


class Close(Strict):
    """Why it is closed without the reporter's word."""

    ending = choice(sorted(STAFF_ENDINGS))
    text = words(required=False)


class Cancel(Strict):
    """Why; a duplicate names the incident that goes on."""

    ending = choice(sorted(CANCELLATIONS))
    text = words()
    duplicate_of = LabelField(PREFIX, default=None, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A duplicate is one of something."""
        if attrs["ending"] == Incident.Ending.DUPLICATE and not attrs["duplicate_of"]:
            raise serializers.ValidationError({"duplicate_of": [_("Say of which incident.")]})
        return attrs


class Say(Strict):
    """Words, and files that were uploaded before."""

    text = words()
    attachments = KeptFiles()


class Suspect(Strict):
    """What is suspected, and how it will be tested."""

    suspicion = words()
    test = words(required=False)


class Conclude(Strict):
    """What came of a hypothesis."""

    hypothesis = RecordField(Hypothesis.objects.all)
    outcome = choice(Hypothesis.Outcome)
    test = words(required=False)
    as_root_cause = serializers.BooleanField(default=False)

    def validate_hypothesis(self, hypothesis: Hypothesis) -> Hypothesis:
        """Only one of this incident's."""
        if hypothesis.incident_id != self.context["record"].pk:
            self.fields["hypothesis"].fail("missing")
        return hypothesis


class Diagnose(Strict):
    """The root cause."""

    root_cause = words()


class Refer(Strict):
    """Somebody else's number for it."""

    kind = choice(Reference.Kind)
    value = words(most=120)
    url = serializers.URLField(required=False, allow_blank=True, max_length=200)


class Involve(Strict):
    """Who, and as what."""

    person = RecordField(active_people)
    part = choice(Involvement.Part)


class Release(Strict):
    """Who, and as what."""

    person = RecordField(Membership.objects.all)
    part = choice(Involvement.Part)


class Withdraw(Strict):
    """Why, for whoever wants to tell."""

    text = words(required=False)


class Confirm(Strict):
    """How it was tried, and how the help was; all of it may be left out."""

    retested_how = words(required=False, most=1000)
    rating = serializers.IntegerField(default=None, allow_null=True, min_value=1, max_value=5)
    word = words(required=False, most=500)


class Objection(Strict):
    """What is still broken, or what is not so."""

    text = words()
