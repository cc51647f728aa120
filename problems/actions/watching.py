"""Look at problems by themselves: late tasks, reviews, and whether the trouble stays away after a fix.

Whoever attends holds the problem's lock, as every verb does. A reporter's "still broken" only leaves a mark and sets
the timer: it happens under an incident's lock, and whoever waits for a problem under that would wait in a circle.
"""

from collections.abc import Collection
from datetime import datetime

from incidents.models import Incident, rules
from problems.actions.ending import start_again
from problems.actions.notices import announce
from problems.actions.step import Step, state_of, write
from problems.actions.timing import plan
from problems.actions.writing import retire_known_errors
from problems.lifecycle import Code, Status, Verb
from problems.models import Link, Problem, ProblemTimer
from problems.observation import Seen, Verdict, judge
from problems.queries import recurrences
from tenancy import clock, engine
from tenancy.clock import Instant
from tenancy.engine.claims import Claims

NAME = "problems"


def still_broken(incident: Incident, at: datetime) -> None:
    """Somebody says that it is still broken: if a problem's fix resolved it, that counts against the fix.

    Called by the incident's verb, under its lock; see the setting `WHEN_STILL_BROKEN`.
    """
    fixed = Link.objects.filter(incident=incident, brought=Code.FIX_APPLIED, rejected_at=None)
    for link in fixed.filter(problem__code=Code.FIX_APPLIED):
        Link.objects.filter(pk=link.pk).update(rejected_at=at)
        ProblemTimer.objects.filter(problem=link.problem_id).update(due_at=at, retry_at=None)


def attend(timer_ids: Collection[int]) -> set[int]:
    """Look at the problems of these timers; return those that somebody works on in this moment."""
    due = ProblemTimer.objects.filter(pk__in=timer_ids, due_at__lte=Instant())
    timers = list(due.select_related("problem").select_for_update(of=("problem",), skip_locked=True))
    at = clock.now()
    for timer in timers:
        engine.LATENESS.labels(NAME).observe(max(0.0, (at - timer.due_at).total_seconds()))
        _look(timer.problem, at)
        plan(timer.problem, at)
    return set(timer_ids) - {timer.pk for timer in timers}


CLAIMS = Claims(NAME, lambda: ProblemTimer.objects.all().due(), attend)


def _look(problem: Problem, at: datetime) -> None:
    _tell_of_late_tasks(problem, at)
    if problem.review_at and problem.review_at <= at and not problem.review_told_at:
        step = _by_itself(problem, Verb.REVIEW, at)
        problem.review_told_at = at
        announce("problem_review_due", write(step, "problem.review_due"), problem)
    if problem.status == Status.RESOLVED and problem.observed_until:
        _observe(problem, at)


def _tell_of_late_tasks(problem: Problem, at: datetime) -> None:
    late = problem.tasks.filter(done_at=None, told_late_at=None, due_at__lte=at)
    for task in late.select_related("assignee"):
        task.told_late_at = at
        task.save(update_fields=["told_late_at"])
        entry = write(_by_itself(problem, Verb.PLAN, at), "problem.task_late", {"task_id": task.pk})
        announce("problem_task_due", entry, problem, also=task.assignee)


def _observe(problem: Problem, at: datetime) -> None:
    rejected = problem.links.filter(rejected_at__isnull=False, brought=Code.FIX_APPLIED).count()
    seen = Seen(rejections=rejected, recurrences=len(recurrences(problem)))
    is_over = problem.observed_until is not None and problem.observed_until <= at
    match judge(seen, rejections_to_reopen=rules().rejections_to_reopen, is_over=is_over):
        case Verdict.REOPEN:
            step = _by_itself(problem, Verb.REOPEN, at)
            step.after = Status.INVESTIGATING
            start_again(step)
            announce("problem_rejected", write(step, "problem.rejected", {"rejections": rejected}), problem)
        case Verdict.DECIDE if not problem.recurred_at:
            step = _by_itself(problem, Verb.CLOSE, at)
            problem.recurred_at = at
            facts = {"rejections": rejected, "recurrences": seen.recurrences}
            announce("problem_recurred", write(step, "problem.recurred", facts), problem)
        case Verdict.PROVEN if not problem.recurred_at:
            step = _by_itself(problem, Verb.CLOSE, at)
            step.after = Status.CLOSED
            problem.ended_at, problem.undo_until = at, None
            announce("problem_proven", write(step, "problem.proven"), problem)
            retire_known_errors(problem, at=at)


def _by_itself(problem: Problem, verb: Verb, at: datetime) -> Step:
    """A step that nobody takes: its time has come."""
    return Step(None, verb, problem, at, state_of(problem), Status(problem.status))
