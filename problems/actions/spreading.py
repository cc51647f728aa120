"""Bring what was decided on a problem to the incidents that it causes: some at a time, each exactly once.

What a link owes its incident follows from the two of them, so it can't get lost or be brought twice: the edition of
the workaround that is being told, and the problem's end or its taking back. Whoever brings it holds the problem's lock,
then the incidents', as every step on a problem does.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from incidents.actions import together
from incidents.actions.round import Round
from incidents.lifecycle import HoldReason
from incidents.lifecycle import Status as IncidentStatus
from incidents.models import Incident
from problems.actions.step import KINDS, RECORD
from problems.lifecycle import Code, Verb
from problems.models import Link, Problem
from tenancy import clock, engine, members
from tenancy.clock import Instant
from tenancy.engine.claims import Claims
from tenancy.members import Member
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.wall import current_organisation_id

NAME = "links"
_BRINGS = {
    Code.FIX_APPLIED: Verb.APPLY,
    Code.RISK_ACCEPTED: Verb.ACCEPT,
    Code.CANCELLED: Verb.CANCEL,
}


def attend(link_ids: Collection[int]) -> set[int]:
    """Bring what these links owe; return those whose incident somebody works on in this moment."""
    due = Link.objects.filter(pk__in=link_ids, due_at__lte=Instant())
    problems = Problem.objects.filter(pk__in=due.values("problem")).order_by("pk")
    known = {one.pk: one for one in problems.select_for_update(of=("self",))}
    links = list(
        due.select_related("incident").order_by("incident_id").select_for_update(of=("incident",), skip_locked=True)
    )
    at = clock.now()
    for problem_id, problem in known.items():
        _bring(problem, [one for one in links if one.problem_id == problem_id], at)
    return set(link_ids) - {one.pk for one in links}


def let_pass(problem: Problem, at: datetime) -> None:
    """Bring what it owes as of an instant: an import brings a past with it, and waits for no engine."""
    _bring(problem, list(problem.links.exclude(due_at=None).select_related("incident")), at)


CLAIMS = Claims(NAME, lambda: Link.objects.all().due(), attend)


def _bring(problem: Problem, links: list[Link], at: datetime) -> None:
    """What one problem brings to some of its incidents."""
    organisation = Organisation.objects.get(pk=current_organisation_id())
    with translation.override(organisation.language):  # what is said stands there for everybody
        for deed in _deeds(problem, links):
            actor = _who(problem, deed.verb, organisation)
            round_ = Round(at, {one.incident_id: one.incident for one in deed.links}, actor)
            deed.do(problem, round_)
            together.settle(round_)
    _settle(links, at)


def _settle(links: list[Link], at: datetime) -> None:
    """Nothing is owed any more."""
    alike: dict[tuple[int, str, bool], list[int]] = {}
    for link in links:
        if link.due_at:
            engine.LATENESS.labels(NAME).observe(max(0.0, (at - link.due_at).total_seconds()))
        alike.setdefault((link.told_edition, link.brought, link.solved), []).append(link.pk)
    done = {"due_at": None, "retry_at": None, "attempts": 0, "last_error": ""}
    for (told_edition, brought, solved), ids in alike.items():
        Link.objects.filter(pk__in=ids).update(told_edition=told_edition, brought=brought, solved=solved, **done)


@dataclass(frozen=True)
class _Deed:
    """One thing that is brought to several incidents: by which verb on the problem, and how."""

    verb: Verb
    links: list[Link]
    do: Any


def _deeds(problem: Problem, links: Iterable[Link]) -> Iterable[_Deed]:
    """What these links owe, and from now on don't any more."""
    untold = [one for one in links if _is_untold(problem, one)]
    for edition_before in sorted({one.told_edition for one in untold}):
        mine = [one for one in untold if one.told_edition == edition_before]
        yield _Deed(Verb.BROADCAST, mine, _advise_anew if edition_before else _advise)
    for one in untold:
        one.told_edition = problem.told_edition
    unbrought = [one for one in links if problem.code in _BRINGS and one.brought != problem.code]
    if unbrought:
        yield from _end(problem, unbrought)
    if taken_back := [one for one in links if not problem.code and one.brought]:
        if solved := [one for one in taken_back if one.solved and _is_as_the_fix_left_it(one.incident, problem)]:
            yield _Deed(Verb.UNDO, solved, _take_back)
        for one in taken_back:
            one.brought, one.solved = "", False


def _is_untold(problem: Problem, link: Link) -> bool:
    return problem.is_open and link.told_edition < problem.told_edition and link.incident.is_open


def _end(problem: Problem, links: list[Link]) -> Iterable[_Deed]:
    verb = _BRINGS[Code(problem.code)]
    waiting = [one for one in links if problem.code == Code.FIX_APPLIED and _waits_for_it(one.incident)]
    others = [one for one in links if one not in waiting and one.incident.is_open]
    if waiting:
        yield _Deed(verb, waiting, _solve)
    if others:
        yield _Deed(verb, others, _inform)
    for one in links:
        one.brought = problem.code
    for one in waiting:
        one.solved = True


def _waits_for_it(incident: Incident) -> bool:
    return incident.status == IncidentStatus.ON_HOLD and incident.hold_reason == HoldReason.PROBLEM


def _is_as_the_fix_left_it(incident: Incident, problem: Problem) -> bool:
    """Whether it is resolved, and by nobody else since then: their note would stand on it."""
    return incident.status == IncidentStatus.RESOLVED and incident.resolution_note == problem.fix_note


def _who(problem: Problem, verb: Verb, organisation: Organisation) -> Member | None:
    """Whoever decided it, as the trail says."""
    entry = TrailEntry.objects.filter(record=RECORD, record_id=problem.pk, kind=KINDS[verb]).order_by("id").last()
    actor = entry and entry.actor_id and Membership.objects.filter(pk=entry.actor_id).first()
    return members.load(actor, organisation) if actor else None


# --- the words, in the organisation's language
def _advise(problem: Problem, round_: Round) -> None:
    _tell(problem, round_, problem.workaround)


def _advise_anew(problem: Problem, round_: Round) -> None:
    text = problem.workaround
    if problem.workaround_change:
        changed = _("What has changed: %(change)s") % {"change": problem.workaround_change}
        text = f"{changed}\n\n{text}"
    _tell(problem, round_, text)


def _tell(problem: Problem, round_: Round, text: str) -> None:
    more = {"problem": problem.label}
    together.advise(round_, round_.incidents.values(), text=text, once=_once(problem), more=more)


def _once(problem: Problem) -> str:
    return f"problem:{problem.pk}:workaround:{problem.told_edition}"


def _solve(problem: Problem, round_: Round) -> None:
    together.solve(round_, round_.incidents.values(), text=problem.fix_note, tested_how=problem.tested_how)


def _inform(problem: Problem, round_: Round) -> None:
    ending = Problem.Ending(problem.code).label
    text = f"{problem}: {ending}.\n\n{problem.fix_note if problem.code == Code.FIX_APPLIED else problem.reason}"
    more = {"problem": problem.label, "problem_title": problem.title, "ending": problem.code}
    together.inform(round_, round_.incidents.values(), text=text, more=more)


def _take_back(problem: Problem, round_: Round) -> None:
    text = _("The fix does not hold after all. We are still working on it, and will tell you.")
    together.take_back(round_, round_.incidents.values(), text=text)
