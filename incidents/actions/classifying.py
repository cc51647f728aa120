"""What it is and how much it matters; the priority follows from the matrix."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.agents import let_go, why_not
from incidents.actions.finishing import finish
from incidents.actions.notices import tell_of_progress, withhold
from incidents.actions.step import begin
from incidents.actions.talking import say
from incidents.drafts import Classification
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Incident, Message, rules
from incidents.priority import Impact, Priority, Risk, Urgency, compute
from tenancy.members import Member


@transaction.atomic
def classify(member: Member, *, number: int, facts: Classification, at: datetime | None = None) -> Incident:
    """Set type, category, service, impact, urgency, risk and severity; an override by hand holds."""
    step = begin(member, number, Verb.CLASSIFY, at=at)
    incident = step.incident
    incident.type, incident.category, incident.service = facts.type, facts.category, facts.service
    incident.impact, incident.urgency, incident.risk = facts.impact, facts.urgency, facts.risk
    incident.severity = facts.severity or ""
    incident.classified_at = incident.classified_at or step.at
    if not incident.priority_overridden:
        incident.priority = computed_priority(incident)
    tell_of_progress(step, finish(step))
    return incident


@transaction.atomic
def override_priority(
    member: Member, *, number: int, priority: Priority, reason: str, at: datetime | None = None
) -> Incident:
    """Set the priority by hand, with a reason, until it is reset."""
    step = begin(member, number, Verb.OVERRIDE, given={"priority", "reason"} if reason.strip() else {"priority"}, at=at)
    step.incident.priority, step.incident.priority_overridden = priority, True
    message = say(step, Message.Kind.REASON, reason, internal=True)
    tell_of_progress(step, finish(step, {"message_id": message.id}))
    return step.incident


@transaction.atomic
def reset_priority(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Let the matrix decide again."""
    step = begin(member, number, Verb.RESET, at=at)
    step.incident.priority, step.incident.priority_overridden = computed_priority(step.incident), False
    tell_of_progress(step, finish(step))
    return step.incident


@transaction.atomic
def restrict(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Hide an incident from everyone but its team, the team's lead, incident managers and auditors."""
    step = begin(member, number, Verb.RESTRICT, given={"team"}, at=at)
    incident = step.incident
    if not incident.team_id:
        raise Refused(
            step.verb,
            Status(incident.status),
            because=_("Move it to a team first: only that team will see it."),
        )
    incident.restricted = True
    if incident.assignee and why_not(incident, incident.assignee):
        let_go(incident)
    finish(step)
    withhold(incident)
    return incident


@transaction.atomic
def unrestrict(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Show an incident to all agents again."""
    step = begin(member, number, Verb.UNRESTRICT, at=at)
    step.incident.restricted = False
    finish(step)
    return step.incident


def computed_priority(incident: Incident) -> Priority:
    """What the organisation's matrix says of this incident."""
    return compute(rules().matrix, Impact(incident.impact), Urgency(incident.urgency), Risk(incident.risk))
