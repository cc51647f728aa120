"""Raise a problem: alone, or from incidents, which it causes from then on."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from incidents.models import Incident, rules
from incidents.priority import Impact, Risk, Urgency, compute
from problems.actions.linking import attach
from problems.actions.step import RECORD
from problems.drafts import Assessment, Description
from problems.models import Problem
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.wall import current_organisation_id, refuse_unbound


@transaction.atomic
def raise_problem(
    member: Member,
    *,
    description: Description,
    assessment: Assessment | None = None,
    incidents: Iterable[int] = (),
    at: datetime | None = None,
) -> Problem:
    """Raise a problem, linked to the incidents of these numbers.

    Without an assessment it has the widest impact and the highest urgency of its incidents. Raises
    `tenancy.refusal.NotPossible` for an incident that has a problem already.
    """
    refuse_unbound()
    member.require("problem.raise")
    seen = Incident.objects.for_desk(member).filter(number__in=list(incidents))
    linked = list(seen.order_by("pk").select_for_update(of=("self",)))
    at = at or clock.now()
    assessed = assessment or _worst_of(linked)
    problem = Problem(
        title=description.title.strip(),
        description=description.description.strip(),
        error_code=description.error_code.strip(),
        service=description.service,
        category=description.category,
        impact=assessed.impact,
        urgency=assessed.urgency,
        priority=compute(rules().matrix, assessed.impact, assessed.urgency, Risk.LOW),
        raised_by_id=member.id,
        raised_at=at,
        updated_at=at,
        manager_id=member.id if member.may("problem.decide") else None,
        number=_next_number(),
    )
    problem.save(force_insert=True)
    attach(member, problem, linked, at)
    trail.record(
        "problem.raised",
        record=(RECORD, problem.pk),
        actor=member,
        at=at,
        facts={
            "number": problem.number,
            "status": problem.status,
            "service_id": problem.service_id,
            "category_id": problem.category_id,
            "impact": problem.impact,
            "urgency": problem.urgency,
            "priority": problem.priority,
            "manager_id": problem.manager_id,
            "incident_ids": [one.pk for one in linked],
        },
    )
    return problem


def _worst_of(incidents: list[Incident]) -> Assessment:
    impacts = [Impact(one.impact) for one in incidents] or [Impact.GROUP]
    urgencies = [Urgency(one.urgency) for one in incidents] or [Urgency.MEDIUM]
    return Assessment(impact=min(impacts, key=list(Impact).index), urgency=min(urgencies, key=list(Urgency).index))


def _next_number() -> int:
    """Count one up. The counter's row stays locked until COMMIT, so numbers have no gaps and no twins."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO problems_counter (organisation_id, last_number) VALUES (%s, 1001) "
            "ON CONFLICT (organisation_id) DO UPDATE SET last_number = problems_counter.last_number + 1 "
            "RETURNING last_number",
            [current_organisation_id()],
        )
        return int(cursor.fetchone()[0])
