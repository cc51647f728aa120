"""Which incidents a problem causes."""

from collections.abc import Iterable
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
    seen = Incident.objects.for_desk(member).filter(number__in=wanted)
    found = list(seen.order_by("pk").select_for_update(of=("self",)))
    if missing := set(wanted) - {one.number for one in found}:
        raise NotPossible(_("There is no incident INC-%(number)s.") % {"number": min(missing)})
    if added := attach(member, step.problem, found, step.at):
        finish(step, {"incident_ids": [one.incident_id for one in added]})
    return step.problem


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
