"""Who is called when nobody answers: policies, and their steps from now on."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from incidents import escalation
from incidents.actions.configuring import save_setting
from incidents.escalation import Step
from incidents.models import EscalationEdition, EscalationPolicy, Timer
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.wall import refuse_unbound


@transaction.atomic
def save_escalation(
    member: Member,
    *,
    policy: EscalationPolicy,
    steps: list[Step] | None,
    changed: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> EscalationPolicy:
    """Save a policy; new ``steps`` hold for what starts from now on, what is under way keeps its own."""
    at = at or clock.now()
    changed = dict(changed or {})
    _refuse_a_twin(policy)
    is_new = policy.pk is None
    if not is_new and steps is not None:
        changed["steps"] = [None, escalation.written(steps)]
    saved = save_setting(member, row=policy, changed=None if is_new else changed, at=at)
    if steps is not None:
        EscalationEdition.objects.create(policy=saved, takes_effect_at=at, steps=escalation.written(steps))
    return saved


def _refuse_a_twin(policy: EscalationPolicy) -> None:
    twins = EscalationPolicy.objects.filter(service=policy.service_id, priority=policy.priority, is_active=True)
    if policy.is_active and (twin := twins.exclude(pk=policy.pk).first()):
        raise NotPossible(_("“%(name)s” is for the same incidents: make it inactive first.") % {"name": twin})


@transaction.atomic
def try_again(member: Member, *, timer: Timer, at: datetime | None = None) -> None:
    """Let the engine attend to a stuck incident at once, as if it had never failed."""
    refuse_unbound()
    member.require("organisation.administer")
    Timer.objects.filter(pk=timer.pk).update(attempts=0, retry_at=None)
    record = ("incident", timer.incident_id)
    trail.record("incident.tried_again", record=record, actor=member, at=at or clock.now())
