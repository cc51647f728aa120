"""Which incidents a problem causes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.models import Incident
from problems.actions.step import begin, finish
from problems.lifecycle import Verb
from problems.models import Link, Problem
from tenancy.members import Member
from tenancy.refusal import NotPossible


@transaction.atomic
def link(member: Member, *, number: int, incidents: Iterable[int], at: datetime | None = None) -> Problem:
    """Say that the problem causes the incidents of these numbers; what is linked already stays so.

    Raises `NotPossible` for an incident that another problem causes, or that the member can't see.
    """
    wanted = sorted(set(incidents))
    step = begin(member, number, Verb.LINK, given={"incident"} if wanted else set(), at=at)
    found = _locked(member, wanted)
    if missing := set(wanted) - {one.number for one in found}:
        raise NotPossible(_("There is no incident INC-%(number)s.") % {"number": min(missing)})
    if added := attach(member, step.problem, found, step.at):
        finish(step, {"incident_ids": [one.incident_id for one in added]})
    return step.problem


@dataclass(frozen=True, slots=True)
class Linked:
    """What became of many incidents that somebody wanted to link at once."""

    problem: Problem
    added: list[Link]
    refused: list[str]
    """Sentences that say which could not be linked, and why."""


@transaction.atomic
def link_possible(member: Member, *, number: int, incidents: Iterable[int], at: datetime | None = None) -> Linked:
    """Say that the problem causes those of these incidents that it may; of the others it is told why not.

    What is linked to it already stays so, and is no news.
    """
    wanted = sorted(set(incidents))
    step = begin(member, number, Verb.LINK, given={"incident"} if wanted else set(), at=at)
    found = _locked(member, wanted)
    others = _caused_by_others(step.problem, found)
    added = attach(member, step.problem, [one for one in found if one.pk not in others], step.at)
    if added:
        finish(step, {"incident_ids": [one.incident_id for one in added]})
    return Linked(step.problem, added, _why_not(wanted, found, others))


def _locked(member: Member, numbers: Iterable[int]) -> list[Incident]:
    seen = Incident.objects.for_desk(member).filter(number__in=numbers)
    return list(seen.order_by("pk").select_for_update(of=("self",)))


def _caused_by_others(problem: Problem, incidents: Iterable[Incident]) -> dict[int, Problem]:
    others = Link.objects.filter(incident__in=incidents).exclude(problem=problem).select_related("problem")
    return {one.incident_id: one.problem for one in others}


def _why_not(wanted: Iterable[int], found: list[Incident], others: dict[int, Problem]) -> list[str]:
    """A sentence for what is not there, for this member, and one for each other problem."""
    told = []
    if missing := sorted(set(wanted) - {one.number for one in found}):
        told.append(_("There is no %(numbers)s.") % {"numbers": ", ".join(f"INC-{one}" for one in missing)})
    by_problem: dict[str, list[str]] = {}
    for one in found:
        if one.pk in others:
            by_problem.setdefault(others[one.pk].label, []).append(one.label)
    for label, incidents in sorted(by_problem.items()):
        names = {"problem": label, "incidents": ", ".join(incidents)}
        told.append(_("Caused by %(problem)s already: %(incidents)s.") % names)
    return told


def attach(member: Member, problem: Problem, incidents: list[Incident], at: datetime) -> list[Link]:
    """Link these, which are locked, as part of a step; what is being told to all is due for them at once."""
    known = {one.incident_id: one for one in Link.objects.filter(incident__in=incidents).select_related("problem")}
    for incident in incidents:
        other = known.get(incident.pk)
        if other and other.problem_id != problem.pk:
            told = {"incident": incident.label, "problem": other.problem.label}
            raise NotPossible(_("%(incident)s is caused by %(problem)s already.") % told)
    owed = at if problem.told_edition else None
    return Link.objects.bulk_create(
        Link(problem=problem, incident=one, linked_by_id=member.id, linked_at=at, due_at=owed)
        for one in incidents
        if one.pk not in known
    )


@transaction.atomic
def unlink(member: Member, *, number: int, incident: int, at: datetime | None = None) -> Problem:
    """Say that the problem does not cause this incident after all."""
    step = begin(member, number, Verb.UNLINK, given={"incident"}, at=at)
    gone = step.problem.links.visible_to(member).filter(incident__number=incident).select_related("incident").first()
    if gone:
        gone.delete()
        finish(step, {"incident_ids": [gone.incident_id]})
    return step.problem
