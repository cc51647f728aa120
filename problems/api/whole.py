"""One problem with all that staff may know of it."""

from dataclasses import asdict
from typing import Any

from django.utils import timezone

from problems.actions.step import makes_sense, may
from problems.api import shapes
from problems.lifecycle import Status, verbs_from
from problems.models import Problem
from problems.queries import Hit, hits
from tenancy.members import Member

RELATED = ("service", "category", "manager", "coordinator", "raised_by", "duplicate_of")
PLAIN = (
    *("title", "status", "priority", "impact", "urgency", "raised_at", "updated_at", "description", "error_code"),
    *("cause", "cause_evidence", "cause_known_at", "workaround", "workaround_change", "workaround_at"),
    *("fix_note", "tested_how", "reason", "resolved_at", "undo_until", "observed_until", "recurred_at", "ended_at"),
    *("reopened_count", "review_at"),
)


def whole(problem: Problem, member: Member) -> dict[str, Any]:
    """The problem as `shapes.ProblemFull`."""
    now = timezone.now()
    return {
        "number": problem.label,
        **{name: getattr(problem, name) for name in PLAIN},
        **{name: _named(getattr(problem, name)) for name in ("service", "category", "raised_by")},
        **{name: _named(getattr(problem, name)) for name in ("manager", "coordinator")},
        "known_error": problem.is_known_error,
        "workaround_told": bool(problem.workaround) and problem.told_edition == problem.workaround_edition,
        "ending": problem.code or None,
        "duplicate_of": problem.duplicate_of.label if problem.duplicate_of else None,
        "hits": asdict(hits([problem], member).get(problem.pk, Hit())),
        "tasks": [shapes.task(one) for one in problem.tasks.values(*shapes.TASK)],
        "watching": problem.watches.filter(membership=member.id).exists(),
        "verbs": [
            verb.value
            for verb in verbs_from(Status(problem.status))
            if may(member, verb, problem) and makes_sense(verb, problem, now)
        ],
    }


def _named(record: Any) -> dict[str, str] | None:
    return {"id": str(record.public_id), "name": str(record)} if record else None
