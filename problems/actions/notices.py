"""Tell staff what became of a problem: the only place of this room that writes to the outbox."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils import translation

from notifications import outbox
from notifications.bursts import Bundle, Scope
from notifications.outbox import Letter, Recipient
from problems.actions.step import Step
from problems.audience import Concerned, concerned
from problems.kinds import OF_EVENT, PROBLEM
from problems.models import Problem
from tenancy.members import Member
from tenancy.models import Host, Membership, TrailEntry


def tell(step: Step, event: str, entry: TrailEntry, *, only: Collection[int] | None = None) -> None:
    """Put one message per person concerned into the outbox, or per person of ``only``; whoever did it is not told."""
    announce(event, entry, step.problem, actor=step.member, only=only)


def announce(
    event: str,
    entry: TrailEntry,
    problem: Problem,
    *,
    actor: Member | None = None,
    only: Collection[int] | None = None,
    also: Membership | None = None,
) -> None:
    """Like `tell`, for what came by itself, too; ``also`` somebody who has a task of it."""
    host = Host.objects.canonical()
    people = [
        one
        for one in concerned(problem, host.organisation, also)
        if not (actor and one.membership.pk == actor.id) and (only is None or one.membership.pk in only)
    ]
    name = actor.name if actor else ""
    outbox.post_all([_letter(event, entry, problem, name, one, host) for one in people], host)


def _letter(event: str, entry: TrailEntry, problem: Problem, actor_name: str, one: Concerned, host: Host) -> Letter:
    to = Recipient.of(one.membership, host.organisation, one.reasons[0])
    topic = OF_EVENT.get(event, PROBLEM)
    with translation.override(to.language):
        facts = _facts(event, problem, actor_name) | {"reasons": list(one.reasons)}
    return Letter(
        kind="problem_news",
        to=to,
        facts=facts,
        dedupe=f"problem:{entry.pk}:{event}:{to.membership_id}:mail",
        thread=f"problem-{problem.number}",
        at=entry.at,
        record=problem.label,
        bundle=Bundle(Scope.RECORD, problem.label),
        topic=topic,
    )


def _facts(event: str, problem: Problem, actor_name: str) -> dict[str, Any]:
    return {
        "event": event,
        "number": problem.label,
        "title": problem.title,
        "status": str(Problem.State(problem.status).label),
        "ending": str(Problem.Ending(problem.code).label) if problem.code else "",
        "priority": problem.priority,
        "service": problem.service.name if problem.service else "",
        "actor_name": actor_name,
        "path": reverse("desk:problem", args=[problem.label]),
        "observed_until": problem.observed_until.isoformat() if problem.observed_until else "",
        "links": {},
    }
