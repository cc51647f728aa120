"""How a record leaves the house; the classes tell the schema what the functions beside them make, by hand and quickly.

A shape holds what the requester's side may know; what only staff may, stands under ``desk``.
"""

from typing import Any

from rest_framework import serializers

from incidents import words
from incidents.lifecycle import Verb
from incidents.models import Attachment, Hypothesis, Incident, Message, Reference
from incidents.models.incident import PREFIX
from incidents.priority import Priority
from tenancy.api.listing import named
from tenancy.api.people import Named

ROW = (
    *("number", "title", "status", "hold_reason", "priority", "impact", "urgency", "reported_at", "updated_at"),
    *("due_at", "source", "source_reference"),
    *(f"{one}__{column}" for one in ("service", "team", "assignee", "reporter") for column in ("public_id", "name")),
)
MESSAGE = ("public_id", "kind", "internal", "from_staff", "text", "at", "author__public_id", "author__name")
FILE = (
    *("uuid", "name", "size", "content_type", "kind", "scan", "internal", "at", "message__public_id"),
    *("uploaded_by__public_id", "uploaded_by__name"),
)


class Row(serializers.Serializer):
    """An incident in a list."""

    number = serializers.CharField(help_text="As people write it: INC-1042.")
    title = serializers.CharField()
    status = serializers.ChoiceField([one.value for one in words.STATUS])
    hold_reason = serializers.ChoiceField([one.value for one in words.HOLD_REASON], allow_null=True)
    priority = serializers.ChoiceField([one.value for one in Priority])
    impact = serializers.ChoiceField([one.value for one in words.IMPACT])
    urgency = serializers.ChoiceField([one.value for one in words.URGENCY])
    service = Named(allow_null=True)
    team = Named(allow_null=True)
    assignee = Named(allow_null=True)
    reporter = Named()
    source = serializers.ChoiceField(Incident.Source.values)
    source_reference = serializers.CharField(allow_blank=True)
    reported_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="When the first promise of those that run is due; null while none runs."
    )


def row(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `ROW` as `Row`."""
    return {
        "number": f"{PREFIX}{one['number']}",
        "title": one["title"],
        "status": one["status"],
        "hold_reason": one["hold_reason"] or None,
        "priority": one["priority"],
        "impact": one["impact"],
        "urgency": one["urgency"],
        "service": named(one, "service"),
        "team": named(one, "team"),
        "assignee": named(one, "assignee"),
        "reporter": named(one, "reporter"),
        "source": one["source"],
        "source_reference": one["source_reference"],
        "reported_at": one["reported_at"],
        "updated_at": one["updated_at"],
        "due_at": one["due_at"],
    }


class ReferenceShape(serializers.Serializer):
    """A number that somebody else gave."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Reference.Kind.values)
    value = serializers.CharField()
    url = serializers.CharField(allow_blank=True)


class HypothesisShape(serializers.Serializer):
    """What is suspected."""

    id = serializers.UUIDField()
    suspicion = serializers.CharField()
    test = serializers.CharField(allow_blank=True)
    outcome = serializers.ChoiceField(Hypothesis.Outcome.values)
    author = Named()
    at = serializers.DateTimeField()


class Desk(serializers.Serializer):
    """What staff know besides."""

    logged_by = Named()
    type = Named(allow_null=True)
    category = Named(allow_null=True)
    risk = serializers.ChoiceField([one.value for one in words.RISK])
    severity = serializers.ChoiceField([one.value for one in words.SEVERITY], allow_null=True)
    priority_overridden = serializers.BooleanField()
    restricted = serializers.BooleanField()
    escalation_level = serializers.IntegerField()
    reopened_count = serializers.IntegerField()
    classified_at = serializers.DateTimeField(allow_null=True)
    root_cause = serializers.CharField(allow_blank=True)
    tested_how = serializers.CharField(allow_blank=True)
    retested_how = serializers.CharField(allow_blank=True)
    rating_word = serializers.CharField(allow_blank=True)
    duplicate_of = serializers.CharField(allow_null=True)
    references = ReferenceShape(many=True)
    hypotheses = HypothesisShape(many=True)


class PromiseShape(serializers.Serializer):
    """What was promised in time, and whether it is kept."""

    measure = serializers.ChoiceField([one.value for one in words.MEASURE])
    state = serializers.ChoiceField([one.value for one in words.CLOCK_STATE])
    target_minutes = serializers.IntegerField(help_text="Of working time, or round the clock.")
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null while it pauses, and once it was kept.")
    ended_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()


class Full(Row):
    """One incident; ``desk`` is null on the requester's side."""

    description = serializers.CharField(allow_blank=True)
    error_code = serializers.CharField(allow_blank=True)
    occurred_at = serializers.DateTimeField()
    occurred_roughly = serializers.BooleanField()
    hold_until = serializers.DateTimeField(allow_null=True)
    awaits = serializers.ChoiceField([one.value for one in words.AWAITED], help_text="Who or what moves next.")
    resolution = serializers.CharField(allow_null=True, help_text="The code of the resolution.")
    resolution_note = serializers.CharField(allow_blank=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    ending = serializers.ChoiceField(Incident.Ending.values, allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    contest_until = serializers.DateTimeField(allow_null=True)
    rating = serializers.IntegerField(allow_null=True)
    promises = PromiseShape(many=True)
    verbs = serializers.ListField(
        child=serializers.ChoiceField([verb.value for verb in Verb]), help_text="What you may do to it now."
    )
    desk = Desk(allow_null=True)


class FileShape(serializers.Serializer):
    """An attachment."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    content_type = serializers.CharField(help_text="By its content, not its name.")
    kind = serializers.ChoiceField(Attachment.Kind.values)
    scan = serializers.ChoiceField(Attachment.Scan.values)
    internal = serializers.BooleanField()
    message = serializers.UUIDField(allow_null=True)
    uploaded_by = Named(allow_null=True)
    at = serializers.DateTimeField()


def file(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `FILE` as `FileShape`."""
    plain = {name: one[name] for name in ("name", "size", "content_type", "kind", "scan", "internal", "at")}
    said = one["message__public_id"]
    return {"id": str(one["uuid"]), **plain, "message": said and str(said), "uploaded_by": named(one, "uploaded_by")}


class MessageShape(serializers.Serializer):
    """One thing said."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Message.Kind.values)
    internal = serializers.BooleanField()
    from_staff = serializers.BooleanField()
    author = Named(allow_null=True)
    text = serializers.CharField()
    at = serializers.DateTimeField()


def message(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `MESSAGE` as `MessageShape`."""
    plain = {name: one[name] for name in ("kind", "internal", "from_staff", "text", "at")}
    return {"id": str(one["public_id"]), **plain, "author": named(one, "author")}


class Involved(serializers.Serializer):
    """Somebody and what they have to do with it."""

    person = Named()
    part = serializers.ChoiceField(["reporter", "logged_by", "affected", "participant", "watcher"])
