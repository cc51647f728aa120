"""Who has it: take, assign, move to a team."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from incidents.actions.agents import hold_still, let_go, why_not
from incidents.actions.finishing import finish
from incidents.actions.notices import tell, tell_of_progress, withhold
from incidents.actions.step import Step, begin
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Incident
from tenancy.members import Member
from tenancy.models import Membership, Team


@transaction.atomic
def take(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Take an incident that nobody has."""
    agent = hold_still(member.id)
    step = begin(member, number, Verb.TAKE, at=at)
    if step.incident.assignee:
        raise _refusal(step, _("%(name)s has it already.") % {"name": step.incident.assignee.name})
    _give(step, agent)
    tell_of_progress(step, finish(step))
    return step.incident


@transaction.atomic
def acknowledge(member: Member, *, number: int, at: datetime | None = None) -> Incident:
    """Say that one has seen it and looks after it, without taking it: nobody else is called for it.

    Whoever says so last is the one who looks after it.
    """
    step = begin(member, number, Verb.ACKNOWLEDGE, at=at)
    _answer(step)
    finish(step)
    return step.incident


@transaction.atomic
def assign(member: Member, *, number: int, assignee: Membership, at: datetime | None = None) -> Incident:
    """Give an incident to an agent, who is told."""
    agent = hold_still(assignee.pk)
    step = begin(member, number, Verb.ASSIGN, given={"assignee"}, at=at)
    if step.incident.assignee_id == agent.pk:
        raise _refusal(step, _("%(name)s has it already.") % {"name": agent.name})
    _give(step, agent)
    entry = finish(step)
    tell_of_progress(step, entry, besides=tell(step, "incident_assigned", entry))
    return step.incident


@transaction.atomic
def route(member: Member, *, number: int, team: Team, at: datetime | None = None) -> Incident:
    """Move an incident to another team; the agent keeps it only when they belong to that team."""
    step = begin(member, number, Verb.ROUTE, given={"team"}, at=at)
    incident = step.incident
    incident.team = team
    agent = incident.assignee
    if agent and (not team.seats.filter(membership=agent).exists() or why_not(incident, agent)):
        let_go(incident)
    finish(step)
    if incident.restricted:
        withhold(incident)
    return incident


def _give(step: Step, agent: Membership) -> None:
    if because := why_not(step.incident, agent):
        raise _refusal(step, because)
    if step.incident.acknowledged_by_id == step.incident.assignee_id is not None:
        step.incident.acknowledged_by_id = agent.pk  # who has it from them looks after it instead
    step.incident.assignee = agent
    if agent.pk == step.member.id and not step.incident.acknowledged_at:
        _answer(step)


def _answer(step: Step) -> None:
    """Note who answered; it is part of taking it, not of being given it by another."""
    incident = step.incident
    incident.acknowledged_at, incident.acknowledged_by_id = step.at, step.member.id
    incident.escalation_alarm = ""


def _refusal(step: Step, because: str) -> Refused:
    return Refused(step.verb, Status(step.incident.status), because=because)
