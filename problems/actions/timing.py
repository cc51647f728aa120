"""When a problem is next looked at by itself."""

from datetime import datetime

from problems.lifecycle import Status
from problems.models import Problem, ProblemTimer
from problems.observation import Watched, next_look


def plan(problem: Problem, at: datetime) -> None:
    """Set its timer anew, after whatever happened to it."""
    looked_at = next_look(_watched(problem, at), at)
    if looked_at is None:
        ProblemTimer.objects.filter(problem=problem).delete()
        return
    fresh = {"due_at": looked_at, "retry_at": None, "attempts": 0, "last_error": ""}
    ProblemTimer.objects.update_or_create(problem=problem, defaults=fresh)


def _watched(problem: Problem, at: datetime) -> Watched:
    until = problem.observed_until if problem.status == Status.RESOLVED else None
    if problem.recurred_at and until and until <= at:
        until = None  # its manager decides
    late = problem.tasks.filter(done_at=None, told_late_at=None).exclude(due_at=None)
    return Watched(
        observed_until=until,
        review_at=problem.review_at if not problem.review_told_at else None,
        tasks=tuple(at for at in late.values_list("due_at", flat=True) if at),
    )
