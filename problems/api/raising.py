"""Raise a problem, alone or from incidents."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from incidents import words as said
from incidents.models import Category, Incident, Service
from incidents.models.incident import PREFIX as INCIDENT
from incidents.priority import Impact, Urgency
from problems import actions
from problems.drafts import Assessment, Description
from problems.models import Problem
from tenancy.api.fields import LabelField, choice, words
from tenancy.api.parsing import RecordField, Strict
from tenancy.members import Member

MOST_AT_ONCE = 200


def incidents(**more: Any) -> serializers.ListField:
    """Incidents by their numbers."""
    return serializers.ListField(child=LabelField(INCIDENT), max_length=MOST_AT_ONCE, **more)


class About(Strict):
    """What a problem is about; all but the title may be left out."""

    title = words(most=200)
    description = words(required=False)
    error_code = words(required=False, most=100)
    service = RecordField(lambda: Service.objects.filter(is_active=True), default=None, allow_null=True)
    category = RecordField(lambda: Category.objects.filter(is_active=True), default=None, allow_null=True)


class Raise(About):
    """What is known; all but the title may be left out."""

    impact = choice(
        said.IMPACT, default=None, allow_null=True, help_text="With the urgency; left out: by its incidents."
    )
    urgency = choice(said.URGENCY, default=None, allow_null=True)
    incidents = incidents(default=(), help_text="What it causes, by number: INC-1042.")

    def validate_incidents(self, numbers: list[int]) -> list[int]:
        """Refuse what is not there for the asker."""
        seen = Incident.objects.for_desk(self.context["member"]).filter(number__in=numbers)
        if missing := set(numbers) - set(seen.values_list("number", flat=True)):
            raise serializers.ValidationError(_("There is no %(numbers)s.") % {"numbers": f"{INCIDENT}{min(missing)}"})
        return numbers

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Half an assessment is none."""
        if (attrs["impact"] is None) != (attrs["urgency"] is None):
            missing = "impact" if attrs["impact"] is None else "urgency"
            raise serializers.ValidationError({missing: [_("Say both the impact and the urgency, or neither.")]})
        return attrs


def description_from(facts: Mapping[str, Any]) -> Description:
    """The facts of a `About` as the actions take them."""
    names = ("title", "description", "error_code", "service", "category")
    return Description(**{name: facts[name] for name in names})


def raise_one(member: Member, sent: Any) -> Problem:
    """Raise what was sent."""
    member.require("problem.raise")
    asked = Raise(data=sent, context={"member": member})
    asked.is_valid(raise_exception=True)
    facts = asked.validated_data
    assessed = facts["impact"] and Assessment(impact=Impact(facts["impact"]), urgency=Urgency(facts["urgency"]))
    return actions.raise_problem(
        member,
        description=description_from(facts),
        assessment=assessed,
        incidents=facts["incidents"],
    )
