"""Tasks of a problem: who does what by when."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from problems.actions.step import begin, finish
from problems.lifecycle import Refused, Status, Verb
from problems.models import Task
from tenancy.members import Member
from tenancy.models import Membership


@transaction.atomic
def add_task(
    member: Member,
    *,
    number: int,
    what: str,
    assignee: Membership | None = None,
    due_at: datetime | None = None,
    at: datetime | None = None,
) -> Task:
    """Say what is to be done, by whom and by when; whoever is late is told once."""
    step = begin(member, number, Verb.PLAN, given={"task"} if what.strip() else set(), at=at)
    task = Task.objects.create(problem=step.problem, what=what.strip(), assignee=assignee, due_at=due_at)
    finish(step, {"task_id": task.pk})
    return task


@transaction.atomic
def finish_task(member: Member, *, number: int, task: UUID, at: datetime | None = None) -> Task:
    """Say that it is done; a second time changes nothing."""
    step = begin(member, number, Verb.TICK, at=at)
    found = step.problem.tasks.filter(public_id=task).first()
    if found is None:
        raise Refused(step.verb, Status(step.problem.status), because=_("There is no such task."))
    if found.done_at is None:
        found.done_at, found.done_by_id = step.at, member.id
        found.save(update_fields=["done_at", "done_by"])
        finish(step, {"task_id": found.pk})
    return found
