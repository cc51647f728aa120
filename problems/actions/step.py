"""One verb on one problem: locked, checked against the table, saved and written on the trail."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from problems.actions.timing import plan
from problems.lifecycle import MOVES, WORK, Status, Verb, target
from problems.models import Problem
from tenancy import clock, trail
from tenancy.members import Denied, Member
from tenancy.models import TrailEntry
from tenancy.wall import refuse_unbound

RECORD = "problem"
_IGNORED = frozenset({"id", "organisation_id", "updated_at"})
# People's own words: the trail says that they changed, the row holds what they say and can be erased.
_WORDS = frozenset(
    {
        *("title", "description", "cause", "cause_evidence", "workaround", "workaround_change"),
        *("fix_note", "tested_how", "reason"),
    }
)
KINDS = {
    Verb.ASSESS: "problem.assessed",
    Verb.APPOINT: "problem.appointed",
    Verb.DESCRIBE: "problem.described",
    Verb.INVESTIGATE: "problem.investigated",
    Verb.STATE: "problem.stated",
    Verb.REWORD: "problem.reworded",
    Verb.SUPPORT: "problem.supported",
    Verb.WITHDRAW: "problem.evidence_withdrawn",
    Verb.JUDGE: "problem.judged",
    Verb.ADOPT: "problem.hypothesis_adopted",
    Verb.ESTABLISH: "problem.cause_established",
    Verb.WORK_AROUND: "problem.worked_around",
    Verb.BROADCAST: "problem.broadcast",
    Verb.FIX: "problem.fix_begun",
    Verb.APPLY: "problem.fix_applied",
    Verb.UNDO: "problem.fix_undone",
    Verb.ACCEPT: "problem.risk_accepted",
    Verb.MERGE: "problem.merged",
    Verb.CANCEL: "problem.cancelled",
    Verb.REOPEN: "problem.reopened",
    Verb.CLOSE: "problem.closed",
    Verb.LINK: "problem.linked",
    Verb.UNLINK: "problem.unlinked",
    Verb.NOTE: "problem.noted",
    Verb.ATTACH: "problem.attached",
    Verb.PLAN: "problem.planned",
    Verb.TICK: "problem.task_done",
    Verb.REVIEW: "problem.review_set",
    Verb.WATCH: "problem.watched",
    Verb.UNWATCH: "problem.unwatched",
}


@dataclass
class Step:
    """A verb under way: change ``problem``'s fields, then `finish`."""

    member: Member | None
    """Who takes it; none: its time has come by itself."""
    verb: Verb
    problem: Problem
    at: datetime
    before: dict[str, Any]
    after: Status


def begin(member: Member, number: int, verb: Verb, *, given: Iterable[str] = (), at: datetime | None = None) -> Step:
    """Lock the problem and check that the member may do this now.

    Raises `Problem.DoesNotExist` where the member may not even see it, `Denied` without the right, and `Refused`
    when the table has no such move or a fact is missing.
    """
    refuse_unbound()
    problem = Problem.objects.visible_to(member).select_for_update(of=("self",)).get(number=number)
    if not may(member, verb, problem):
        raise Denied(MOVES[verb].permission)
    after = target(verb, Status(problem.status), given=frozenset(given))
    return Step(member, verb, problem, at or clock.now(), state_of(problem), after)


def may(member: Member, verb: Verb, problem: Problem) -> bool:
    """Whether the member may do this to the problem; who coordinates it may work on it, whatever their roles."""
    permission = MOVES[verb].permission
    team_id = problem.service.owner_team_id if problem.service else None
    coordinates = permission == WORK and problem.coordinator_id == member.id and member.may("problem.contribute")
    return coordinates or member.may(permission, team_id)


def makes_sense(verb: Verb, problem: Problem, at: datetime) -> bool:
    """Whether there is something to do: a text that wasn't told yet, a fix that can still be taken back."""
    match verb:
        case Verb.BROADCAST:
            return bool(problem.workaround) and problem.told_edition != problem.workaround_edition
        case Verb.UNDO:
            return problem.undo_until is not None and problem.undo_until > at
    return True


def finish(step: Step, facts: dict[str, Any] | None = None) -> TrailEntry:
    """Move the status by the table, save what changed and write the trail entry; its timer is set by it."""
    entry = write(step, KINDS[step.verb], facts)
    plan(step.problem, step.at)
    return entry


def write(step: Step, kind: str, facts: dict[str, Any] | None = None) -> TrailEntry:
    """Save what changed and write the trail entry."""
    problem = step.problem
    problem.status = step.after.value
    problem.updated_at = step.at
    changed = {name: [step.before[name], now] for name, now in state_of(problem).items() if now != step.before[name]}
    problem.save(update_fields=[*changed, "updated_at"])
    return trail.record(
        kind, record=(RECORD, problem.pk), actor=step.member, at=step.at, facts={**_told(changed), **(facts or {})}
    )


def _told(changed: dict[str, list[Any]]) -> dict[str, Any]:
    values = {name: [_value(one) for one in pair] for name, pair in changed.items() if name not in _WORDS}
    rewritten = sorted(_WORDS & changed.keys())
    return ({"changed": values} if values else {}) | ({"rewritten": rewritten} if rewritten else {})


def _value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def state_of(problem: Problem) -> dict[str, Any]:
    return {
        field.attname: getattr(problem, field.attname)
        for field in problem._meta.concrete_fields
        if field.attname not in _IGNORED
    }
