"""How problems leave the house, for staff; the classes tell the schema what the functions beside them make, by hand."""

from typing import Any

from rest_framework import serializers

from incidents import words
from incidents.lifecycle import Status as IncidentStatus
from incidents.models.incident import PREFIX as INCIDENT
from incidents.priority import Priority
from problems.api.deeds import DEEDS
from problems.models import PREFIX, File, Problem
from tenancy.api.listing import named
from tenancy.api.people import Named

ROW = (
    *("number", "title", "status", "priority", "impact", "urgency", "is_known", "raised_at", "updated_at"),
    *(f"{one}__{column}" for one in ("service", "manager", "coordinator") for column in ("public_id", "name")),
)
LINK = (
    *(f"incident__{name}" for name in ("number", "title", "status", "priority")),
    *("incident__reporter__public_id", "incident__reporter__name", "linked_at", "told_edition"),
)
NOTE = ("public_id", "text", "at", "author__public_id", "author__name")
FILE = (
    *("uuid", "name", "size", "content_type", "scan", "at", "note__public_id"),
    *("uploaded_by__public_id", "uploaded_by__name"),
)
TASK = ("public_id", "what", "due_at", "done_at", "assignee__public_id", "assignee__name")


class ProblemRow(serializers.Serializer):
    """A problem in a list."""

    number = serializers.CharField(help_text="As people write it: PRB-1042.")
    title = serializers.CharField()
    status = serializers.ChoiceField(Problem.State.values)
    priority = serializers.ChoiceField([one.value for one in Priority])
    impact = serializers.ChoiceField([one.value for one in words.IMPACT])
    urgency = serializers.ChoiceField([one.value for one in words.URGENCY])
    service = Named(allow_null=True)
    manager = Named(allow_null=True)
    coordinator = Named(allow_null=True)
    known_error = serializers.BooleanField(help_text="Its cause is known, and a workaround is written.")
    raised_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


def row(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `ROW` as `ProblemRow`."""
    return {
        "number": f"{PREFIX}{one['number']}",
        "title": one["title"],
        "status": one["status"],
        "priority": one["priority"],
        "impact": one["impact"],
        "urgency": one["urgency"],
        "service": named(one, "service"),
        "manager": named(one, "manager"),
        "coordinator": named(one, "coordinator"),
        "known_error": one["is_known"],
        "raised_at": one["raised_at"],
        "updated_at": one["updated_at"],
    }


class HitShape(serializers.Serializer):
    """How many it hits, of the incidents that you may see."""

    incidents = serializers.IntegerField()
    open = serializers.IntegerField(help_text="Of these, not solved yet.")
    people = serializers.IntegerField()


class TaskShape(serializers.Serializer):
    """Something that somebody has to do for it."""

    id = serializers.UUIDField()
    what = serializers.CharField()
    assignee = Named(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)


def task(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `TASK` as `TaskShape`."""
    plain = {name: one[name] for name in ("what", "due_at", "done_at")}
    return {"id": str(one["public_id"]), **plain, "assignee": named(one, "assignee")}


class ProblemFull(ProblemRow):
    """A problem with all that staff know of it."""

    description = serializers.CharField(allow_blank=True)
    error_code = serializers.CharField(allow_blank=True)
    category = Named(allow_null=True)
    raised_by = Named()
    cause = serializers.CharField(
        allow_blank=True, help_text="Without `cause_known_at`: what was thought until its evidence was withdrawn."
    )
    cause_evidence = serializers.CharField(allow_blank=True)
    cause_known_at = serializers.DateTimeField(allow_null=True)
    workaround = serializers.CharField(allow_blank=True)
    workaround_change = serializers.CharField(
        allow_blank=True, help_text="What is different from what was told before."
    )
    workaround_at = serializers.DateTimeField(allow_null=True)
    workaround_told = serializers.BooleanField(help_text="Whether everybody who waits is told this very text.")
    ending = serializers.ChoiceField(Problem.Ending.values, allow_null=True)
    fix_note = serializers.CharField(allow_blank=True)
    tested_how = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    undo_until = serializers.DateTimeField(allow_null=True)
    observed_until = serializers.DateTimeField(allow_null=True)
    recurred_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    reopened_count = serializers.IntegerField()
    duplicate_of = serializers.CharField(allow_null=True)
    review_at = serializers.DateTimeField(allow_null=True)
    hits = HitShape()
    tasks = TaskShape(many=True)
    watching = serializers.BooleanField(help_text="Whether you are told what becomes of it.")
    verbs = serializers.ListField(
        child=serializers.ChoiceField([verb.value for verb in DEEDS]), help_text="What you may do to it now."
    )


class LinkShape(serializers.Serializer):
    """An incident that it causes."""

    number = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField([one.value for one in IncidentStatus])
    priority = serializers.ChoiceField([one.value for one in Priority])
    reporter = Named()
    linked_at = serializers.DateTimeField()
    workaround_told = serializers.BooleanField(help_text="Whether a workaround was told on it.")


def link(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `LINK` as `LinkShape`."""
    return {
        "number": f"{INCIDENT}{one['incident__number']}",
        **{name: one[f"incident__{name}"] for name in ("title", "status", "priority")},
        "reporter": named(one, "incident__reporter"),
        "linked_at": one["linked_at"],
        "workaround_told": one["told_edition"] > 0,
    }


class NoteShape(serializers.Serializer):
    """What staff wrote on it."""

    id = serializers.UUIDField()
    author = Named(allow_null=True)
    text = serializers.CharField()
    at = serializers.DateTimeField()


def note(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `NOTE` as `NoteShape`."""
    plain = {name: one[name] for name in ("text", "at")}
    return {"id": str(one["public_id"]), **plain, "author": named(one, "author")}


class ProblemFileShape(serializers.Serializer):
    """A file of a problem."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    content_type = serializers.CharField(help_text="By its content, not its name.")
    scan = serializers.ChoiceField(File.Scan.values)
    note = serializers.UUIDField(allow_null=True, help_text="The note that it came with; null: it came by itself.")
    uploaded_by = Named(allow_null=True)
    at = serializers.DateTimeField()


def file(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `FILE` as `ProblemFileShape`."""
    plain = {name: one[name] for name in ("name", "size", "content_type", "scan", "at")}
    note = one["note__public_id"]
    return {"id": str(one["uuid"]), **plain, "note": note and str(note), "uploaded_by": named(one, "uploaded_by")}
