"""The analysis of a problem for programs: a list of statements; who reads it makes the tree of it."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from problems.models import Evidence, Statement
from tenancy.api.people import Named


class FileOfEvidence(serializers.Serializer):
    """A file that shows it: of an incident, where one stands beside it, or else of the problem."""

    id = serializers.UUIDField(help_text="Under `files/` where it is an incident's, and under `problems/files/` else.")
    name = serializers.CharField()


class EvidenceShape(serializers.Serializer):
    """What a statement stands on: of the rest, what belongs to its kind."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Evidence.Sort.values)
    words = serializers.CharField(allow_blank=True)
    incident = serializers.CharField(allow_null=True, help_text="Its number, like INC-1042.")
    url = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_null=True, help_text="What was measured, as a decimal number.")
    unit = serializers.CharField(allow_blank=True)
    file = FileOfEvidence(allow_null=True)
    added_by = Named()
    added_at = serializers.DateTimeField()
    withdrawn_by = Named(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="Since then the statement doesn't stand on it.")
    withdrawal = serializers.CharField(allow_blank=True, help_text="Why it was withdrawn.")


class StatementShape(serializers.Serializer):
    """What somebody thinks is so."""

    id = serializers.UUIDField()
    parent = serializers.UUIDField(allow_null=True, help_text="The statement whose why it answers.")
    text = serializers.CharField()
    branch = serializers.ChoiceField(Statement.Bone.values, allow_null=True)
    happened_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(Statement.State.values)
    is_cause = serializers.BooleanField(help_text="Whether it is the root cause that was established.")
    said_by = Named()
    said_at = serializers.DateTimeField()
    judged_by = Named(allow_null=True)
    judged_at = serializers.DateTimeField(allow_null=True)
    judgement = serializers.CharField(allow_blank=True)
    incident = serializers.CharField(allow_null=True, help_text="Where it was suspected first.")
    evidence = EvidenceShape(many=True)


def told(said: list[Statement], evidence: Mapping[int, list[Evidence]]) -> list[dict[str, Any]]:
    """Statements as `StatementShape`; below one that the reader may not see, an answer stands at the top."""
    known = {one.pk: str(one.public_id) for one in said}
    return [_statement(one, known, evidence.get(one.pk, [])) for one in said]


def _statement(one: Statement, known: Mapping[int, str], evidence: list[Evidence]) -> dict[str, Any]:
    plain = ("text", "happened_at", "state", "is_cause", "said_at", "judged_at", "judgement")
    return {
        "id": str(one.public_id),
        "parent": known.get(one.parent_id) if one.parent_id else None,
        **{name: getattr(one, name) for name in plain},
        "branch": one.branch or None,
        "said_by": _named(one.said_by),
        "judged_by": _named(one.judged_by),
        "incident": one.source.incident.label if one.source else None,
        "evidence": [_evidence(each) for each in evidence],
    }


def _evidence(one: Evidence) -> dict[str, Any]:
    file, withdrawn = one.file or one.attachment, one.withdrawal
    return {
        "id": str(one.public_id),
        **{name: getattr(one, name) for name in ("kind", "words", "url", "unit", "added_at")},
        "incident": one.incident.label if one.incident else None,
        "value": None if one.value is None else f"{one.value.normalize():f}",
        "file": {"id": str(file.uuid), "name": file.name} if file else None,
        "added_by": _named(one.added_by),
        "withdrawn_by": _named(withdrawn.by) if withdrawn else None,
        "withdrawn_at": withdrawn.at if withdrawn else None,
        "withdrawal": withdrawn.reason if withdrawn else "",
    }


def _named(person: Any) -> dict[str, str] | None:
    return {"id": str(person.public_id), "name": person.name} if person else None
