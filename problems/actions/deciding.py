"""Decide about a cluster: raise a problem for it, or dismiss it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from problems.actions.raising import raise_problem
from problems.actions.scanning import CLUSTER
from problems.clusters import incidents_of
from problems.drafts import Description
from problems.models import Cluster, Problem
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.wall import refuse_unbound


@transaction.atomic
def raise_for_cluster(
    member: Member, *, cluster: UUID, description: Description, at: datetime | None = None
) -> Problem:
    """Raise a problem that causes the cluster's incidents, as far as the member sees them."""
    record, at = _begin(member, cluster, at)
    numbers = [one.number for one in incidents_of([record], member)[record.pk]]
    problem = raise_problem(member, description=description, incidents=numbers, at=at)
    record.state, record.problem = Cluster.State.RAISED, problem
    record.save(update_fields=["state", "problem"])
    facts = {"problem_id": problem.pk, "count": len(numbers)}
    trail.record("cluster.raised", record=(CLUSTER, record.pk), actor=member, at=at, facts=facts)
    return problem


@transaction.atomic
def dismiss(member: Member, *, cluster: UUID, reason: str, at: datetime | None = None) -> Cluster:
    """Say that it is no problem, and why; it is not shown again soon, unless it grows."""
    record, at = _begin(member, cluster, at)
    if not reason.strip():
        raise NotPossible(_("Please say why it is no problem."))
    record.state, record.reason = Cluster.State.DISMISSED, reason.strip()
    record.dismissed_by_id, record.dismissed_at, record.dismissed_count = member.id, at, record.count
    record.save(update_fields=["state", "reason", "dismissed_by", "dismissed_at", "dismissed_count"])
    facts = {"count": record.count}
    trail.record("cluster.dismissed", record=(CLUSTER, record.pk), actor=member, at=at, facts=facts)
    return record


def _begin(member: Member, public_id: UUID, at: datetime | None) -> tuple[Cluster, datetime]:
    """Lock it; nobody may have decided yet. Raises `Cluster.DoesNotExist` where the member may not even see it."""
    refuse_unbound()
    seen = Cluster.objects.all().visible_to(member).select_for_update(of=("self",))
    record = seen.get(public_id=public_id)
    member.require("problem.raise")
    if record.state != Cluster.State.OPEN:
        raise NotPossible(_("Somebody has decided about this cluster already."))
    return record, at or clock.now()
