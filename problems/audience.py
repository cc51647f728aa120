"""Who is told of what becomes of a problem, and why: staff only."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifications import preferences
from problems.models import Problem
from tenancy import members
from tenancy.models import Membership, Organisation

MANAGER, COORDINATOR, WATCHER = "problem_manager", "problem_coordinator", "problem_watcher"
TASK = "problem_task"


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody who is told, with all their reasons; the first one counts."""

    membership: Membership
    reasons: tuple[str, ...]


def concerned(problem: Problem, organisation: Organisation, also: Membership | None = None) -> list[Concerned]:
    """Everybody who has to do with the problem and may still see it: one entry per person.

    ``also`` is somebody who has a task of it.
    """
    reasons: dict[int, list[str]] = {}
    for person_id, reason in [*_parts(problem), (also and also.pk, TASK)]:
        if person_id:
            reasons.setdefault(person_id, []).append(reason)
    people = members.with_rights(preferences.with_wishes(Membership.objects.filter(pk__in=reasons))).order_by("pk")
    return [
        Concerned(one, tuple(reasons[one.pk]))
        for one in people
        if one.is_active and members.load(one, organisation).may("problem.read")
    ]


def _parts(problem: Problem) -> Iterable[tuple[int | None, str]]:
    yield problem.manager_id, MANAGER
    yield problem.coordinator_id, COORDINATOR
    for person_id in problem.watches.values_list("membership_id", flat=True):
        yield person_id, WATCHER
