"""How a problem ends: fixed, its risk accepted, a duplicate, cancelled; and how an end is taken back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import rules
from problems.actions.notices import tell
from problems.actions.step import Step, begin, finish
from problems.lifecycle import Code, Refused, Status, Verb
from problems.models import Link, Problem
from tenancy.members import Member

# Fixed: so long a fix that was noted too early can be taken back.
UNDO_FOR = timedelta(minutes=10)


@transaction.atomic
def apply_fix(member: Member, *, number: int, note: str, tested_how: str, at: datetime | None = None) -> Problem:
    """The fix is in: what waits for it is resolved with the ``note``, and each reporter is asked to confirm.

    The engine brings that to the incidents, right after. From now on it is observed whether the trouble stays away.
    """
    given = {"note": note.strip(), "how it was tested": tested_how.strip()}
    step = begin(member, number, Verb.APPLY, given={name for name, text in given.items() if text}, at=at)
    problem = step.problem
    if problem.links.filter(brought=Code.FIX_APPLIED, solved=True).exclude(due_at=None).exists():
        because = _("What was undone is still on its way to the incidents. Try again in a moment.")
        raise Refused(step.verb, Status(problem.status), because=because)
    problem.status_before = problem.status
    problem.fix_note, problem.tested_how = given.values()
    problem.resolved_by_id, problem.resolved_at = member.id, step.at
    problem.undo_until = step.at + UNDO_FOR
    problem.observed_until = step.at + timedelta(days=rules().observation_days)
    _end(step, Code.FIX_APPLIED)
    _bring(step)
    tell(step, "problem_resolved", finish(step))
    return problem


@transaction.atomic
def undo_fix(member: Member, *, number: int, at: datetime | None = None) -> Problem:
    """Take back that it was fixed, within `UNDO_FOR`: what it resolved waits again, unless its reporter confirmed."""
    step = begin(member, number, Verb.UNDO, at=at)
    problem = step.problem
    if problem.undo_until is None or problem.undo_until < step.at:
        because = _("It is too late to undo it. Reopen the problem instead.")
        raise Refused(step.verb, Status(problem.status), because=because)
    step.after = Status(problem.status_before)
    _go_on(step)
    _bring(step)
    tell(step, "problem_reopened", finish(step))
    return problem


@transaction.atomic
def accept_risk(member: Member, *, number: int, reason: str, at: datetime | None = None) -> Problem:
    """Live with it: the agents of its incidents read a note, and nothing is resolved by it."""
    step = begin(member, number, Verb.ACCEPT, given=_reason(reason), at=at)
    step.problem.reason = reason.strip()
    _end(step, Code.RISK_ACCEPTED)
    step.problem.ended_at = step.at
    _bring(step)
    tell(step, "problem_closed", finish(step))
    return step.problem


@transaction.atomic
def merge(member: Member, *, number: int, into: int | None, at: datetime | None = None) -> Problem:
    """It is the same as another one, which gets its incidents, and tells them what it tells its own."""
    both = [one for one in (number, into) if one]
    list(Problem.objects.filter(number__in=both).order_by("pk").select_for_update(of=("self",)))
    step = begin(member, number, Verb.MERGE, given={"problem that goes on"} if into else set(), at=at)
    survivor = Problem.objects.visible_to(member).open().filter(number=into or 0).first()
    if survivor is None or survivor.pk == step.problem.pk:
        raise Refused(
            step.verb, Status(step.problem.status), because=_("Name the problem that goes on: another open one.")
        )
    moved = list(step.problem.links.values_list("incident_id", flat=True))
    owed = step.at if survivor.told_edition else None
    step.problem.links.update(problem=survivor, told_edition=0, due_at=owed, retry_at=None, attempts=0)
    step.problem.duplicate_of = survivor
    _end(step, Code.DUPLICATE)
    step.problem.ended_at = step.at
    tell(step, "problem_closed", finish(step, {"incident_ids": moved}))
    return step.problem


@transaction.atomic
def cancel(member: Member, *, number: int, reason: str, at: datetime | None = None) -> Problem:
    """There is no such problem; what waits for it is left to its agents, who read a note."""
    step = begin(member, number, Verb.CANCEL, given=_reason(reason), at=at)
    step.problem.reason = reason.strip()
    _end(step, Code.CANCELLED)
    step.problem.ended_at = step.at
    _bring(step)
    tell(step, "problem_closed", finish(step))
    return step.problem


@transaction.atomic
def close(member: Member, *, number: int, reason: str, at: datetime | None = None) -> Problem:
    """Close what is fixed before the observation has proven it."""
    step = begin(member, number, Verb.CLOSE, given=_reason(reason), at=at)
    step.problem.reason = reason.strip()
    step.problem.ended_at = step.at
    step.problem.undo_until = None
    tell(step, "problem_closed", finish(step))
    return step.problem


@transaction.atomic
def reopen(member: Member, *, number: int, reason: str, at: datetime | None = None) -> Problem:
    """It is not over: the cause is looked for again. Its incidents stay as they are."""
    step = begin(member, number, Verb.REOPEN, given=_reason(reason), at=at)
    step.problem.reason = reason.strip()
    start_again(step)
    tell(step, "problem_reopened", finish(step))
    return step.problem


def start_again(step: Step) -> None:
    """Take an end back without taking back what it brought to incidents: the next one is brought to all anew."""
    step.problem.reopened_count += 1
    # What was linked while it was over has not been told the workaround.
    owed = step.at if step.problem.told_edition else None
    step.problem.links.update(brought="", solved=False, rejected_at=None, due_at=owed, retry_at=None, attempts=0)
    _go_on(step)


def _reason(text: str) -> set[str]:
    return {"reason"} if text.strip() else set()


def _end(step: Step, code: Code) -> None:
    step.problem.code = code.value


def _go_on(step: Step) -> None:
    problem = step.problem
    problem.code = problem.status_before = ""
    problem.resolved_by_id = problem.resolved_at = problem.undo_until = problem.observed_until = None
    problem.recurred_at = None
    problem.ended_at = None
    problem.duplicate_of = None


def _bring(step: Step) -> None:
    """Let the engine bring the news to all its incidents."""
    Link.objects.filter(problem=step.problem).update(due_at=step.at, retry_at=None, attempts=0, last_error="")
