"""What is like an incident: open and solved ones, known errors and problems, each with what speaks for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Generic, TypeVar

from django.db import connection
from django.db.models import Q

from incidents.lifecycle import OPEN, Status
from incidents.models import Incident
from problems.answers import SAME_ERROR_CODE, SAME_SERVICE, Match, known_errors_for
from problems.lifecycle import Code
from problems.models import Link, Problem
from problems.vocabulary import words_of
from tenancy.members import Member

FEW, MANY = 5, 20
# So many are looked at of each sort before it is asked what the member may see of them, and which fit best.
MOST = 100
SOLVED = (Status.RESOLVED, Status.CLOSED)
# Beside the likeness of two titles, which gives one at most.
SAME_WORD = 0.1
R = TypeVar("R", Incident, Problem)


@dataclass(frozen=True, slots=True)
class Alike(Generic[R]):
    """An incident or a problem that is like another incident, and what speaks for it."""

    record: R
    score: float
    same_error_code: bool
    same_service: bool
    words: tuple[str, ...]
    problem: Problem | None = None
    """Of an incident: what causes it."""


@dataclass(frozen=True, slots=True)
class Similar:
    """All that is like an incident, each sort with what fits best first."""

    open: list[Alike[Incident]]
    solved: list[Alike[Incident]]
    known_errors: list[Match]
    problems: list[Alike[Problem]]


def similar_to(incident: Incident, member: Member) -> Similar:
    """What the member may see of it."""
    open_ones, solved = _likeness(incident, sorted(OPEN)), _likeness(incident, SOLVED)
    likeness = open_ones | solved
    seen = Incident.objects.for_desk(member).filter(pk__in=likeness).exclude(pk=incident.pk)
    causes = {
        link.incident_id: link.problem
        for link in Link.objects.filter(incident__in=[*likeness, incident.pk]).select_related("problem")
    }
    found = _best(_alike(incident, one, likeness[one.pk], causes.get(one.pk)) for one in seen)
    return Similar(
        open=[one for one in found if one.record.pk in open_ones][:FEW],
        solved=[one for one in found if one.record.pk in solved][:FEW],
        known_errors=known_errors_for(incident, member),
        problems=_problems(incident, member, causes.get(incident.pk))[:FEW],
    )


def not_linked_yet(problem: Problem, member: Member) -> list[Alike[Incident]]:
    """Incidents that are like a problem, and have none, as far as the member may see them."""
    likeness = _likeness(problem, [*sorted(OPEN), *SOLVED])
    seen = Incident.objects.for_desk(member).filter(pk__in=likeness, problem_links=None)
    return _best(_alike(problem, one, likeness[one.pk]) for one in seen.select_related("reporter"))[:MANY]


def _likeness(record: Incident | Problem, stands: Iterable[str]) -> dict[int, float]:
    """Ids of the organisation's incidents that are like it, whoever may see them, and how much their titles are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT incident_id, likeness FROM incidents_like(%s, %s, %s, %s)",
            [record.title, record.error_code.strip(), [str(one) for one in stands], MOST],
        )
        return dict(cursor.fetchall())


def _alike(record: Incident | Problem, other: R, likeness: float, problem: Problem | None = None) -> Alike[R]:
    code = record.error_code.strip().lower()
    same_code = bool(code) and other.error_code.strip().lower() == code
    same_service = record.service_id is not None and other.service_id == record.service_id
    words = tuple(sorted(words_of(record.title) & words_of(other.title)))
    score = likeness + SAME_ERROR_CODE * same_code + SAME_SERVICE * same_service + SAME_WORD * len(words)
    return Alike(other, score, same_code, same_service, words, problem)


def _best(found: Iterable[Alike[R]]) -> list[Alike[R]]:
    return sorted(found, key=lambda one: (-one.score, -one.record.pk))


def _problems(incident: Incident, member: Member, own: Problem | None) -> list[Alike[Problem]]:
    """Problems with its error code or words of its title, or open ones of its service."""
    words = sorted(words_of(incident.title), key=len)[-FEW:]
    fits = [Q(title__icontains=word) for word in words]
    if code := incident.error_code.strip():
        fits.append(Q(error_code__iexact=code))
    if incident.service_id:
        fits.append(Q(service=incident.service_id, code=""))
    if not fits:
        return []
    seen = Problem.objects.visible_to(member).exclude(code__in=[Code.CANCELLED, Code.DUPLICATE])
    likely = seen.filter(reduce(or_, fits)).exclude(pk=own.pk if own else 0).order_by("-raised_at", "-id")
    alike = (_alike(incident, one, 0.0) for one in likely[:MOST])
    return _best(one for one in alike if one.words or one.same_error_code or one.same_service)
