"""Help those who wait: write a workaround, and tell it to everybody whom the problem hits."""

from datetime import datetime

from django.db import transaction

from problems.actions.step import begin, finish
from problems.lifecycle import Verb
from problems.models import Problem
from tenancy.members import Member


@transaction.atomic
def work_around(
    member: Member, *, number: int, workaround: str, change: str = "", at: datetime | None = None
) -> Problem:
    """Write what those who wait may do meanwhile, and ``change``: what is different from what they were told before.

    Nobody is told by it: see `broadcast`. The same text again changes nothing.
    """
    step = begin(member, number, Verb.WORK_AROUND, given={"workaround"} if workaround.strip() else set(), at=at)
    problem = step.problem
    if workaround.strip() != problem.workaround:
        problem.workaround, problem.workaround_change = workaround.strip(), change.strip()
        problem.workaround_edition += 1
        problem.workaround_at = step.at
        finish(step, {"edition": problem.workaround_edition})
    return problem


@transaction.atomic
def broadcast(member: Member, *, number: int, at: datetime | None = None) -> Problem:
    """Have the workaround told in public on every open incident of the problem, and on those linked later.

    It is brought by the engine, right after; `problems.actions.spreading` says how. What was told already stays told.
    """
    step = begin(member, number, Verb.BROADCAST, at=at, given=_written(member, number))
    problem = step.problem
    if problem.told_edition != problem.workaround_edition:
        problem.told_edition = problem.workaround_edition
        problem.links.filter(told_edition__lt=problem.told_edition).update(due_at=step.at, retry_at=None, attempts=0)
        finish(step, {"edition": problem.told_edition})
    return problem


def _written(member: Member, number: int) -> set[str]:
    has_one = Problem.objects.visible_to(member).filter(number=number).exclude(workaround="").exists()
    return {"workaround"} if has_one else set()
