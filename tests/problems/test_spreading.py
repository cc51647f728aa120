"""What a problem brings to its incidents: a workaround, its fix, word of its end; each exactly once."""

import pytest

from incidents import actions as incident_actions
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason, Status
from incidents.models import Incident, Message, Timer
from notifications.channels.page import Page
from notifications.models import OutboxMessage
from problems import actions
from problems.actions import spreading
from problems.lifecycle import Refused
from problems.models import Link, Problem
from tenancy.models import TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, reported
from tests.problems.factories import raised

WAITS = Hold(reason=HoldReason.PROBLEM, text="", until=None)
TRICK = "Use the printer on the second floor."


def spread() -> None:
    """Bring what is owed now, as the engine does."""
    assert not spreading.attend(list(Link.objects.all().due().values_list("pk", flat=True)))


def told(kind: str) -> list[int]:
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("to_id", flat=True))


def waiting(cast: Cast, *, number: int = 1) -> list[Incident]:
    """Incidents of the reporter that are on hold for a problem."""
    incidents = [reported(cast.reporter) for _ in range(number)]
    for one in incidents:
        incident_actions.hold(cast.agent, number=one.number, facts=WAITS)
    return incidents


def helped(cast: Cast, incidents: list[Incident], text: str = TRICK) -> Problem:
    problem = raised(cast.problem_manager, incidents)
    actions.work_around(cast.problem_manager, number=problem.number, workaround=text)
    actions.broadcast(cast.problem_manager, number=problem.number)
    return Problem.objects.get(pk=problem.pk)


def fixed(cast: Cast, problem: Problem) -> None:
    actions.apply_fix(cast.problem_manager, number=problem.number, note="A new fuse is in.", tested_how="Printed.")


def test_a_workaround_reaches_every_open_incident_and_each_person_once(cast: Cast) -> None:
    incidents = [reported(cast.reporter), reported(cast.reporter), reported(cast.affected)]
    over = reported(cast.bystander)
    incident_actions.withdraw(cast.bystander, number=over.number)
    problem = helped(cast, [*incidents, over])
    spread()
    said = Message.objects.filter(kind=Message.Kind.WORKAROUND)
    assert {one.incident_id: one.text for one in said} == {one.pk: TRICK for one in incidents}
    assert not said.filter(internal=True).exists()
    assert told("incident_advised") == sorted([cast.reporter.id, cast.affected.id])
    mail = Page.of(OutboxMessage.objects.filter(kind="incident_advised")[0])
    for page in (mail.text, mail.html):
        assert "this workaround helps" in page
        assert problem.label in page
        assert "does not help" in page
    assert not Link.objects.exclude(due_at=None).exists()


def test_telling_again_tells_nothing_and_a_change_says_what_changed(cast: Cast) -> None:
    incident = reported(cast.reporter)
    problem = helped(cast, [incident])
    spread()
    actions.broadcast(cast.problem_manager, number=problem.number)
    assert not Link.objects.all().due().exists()
    actions.work_around(
        cast.problem_manager, number=problem.number, workaround="Use the third floor.", change="The second is closed."
    )
    assert not Link.objects.all().due().exists()
    actions.broadcast(cast.problem_manager, number=problem.number)
    spread()
    last = Message.objects.filter(kind=Message.Kind.WORKAROUND).latest("pk")
    assert last.text == "What has changed: The second is closed.\n\nUse the third floor."
    assert told("incident_advised") == [cast.reporter.id] * 2


def test_what_is_linked_later_is_told_what_holds_now(cast: Cast) -> None:
    problem = helped(cast, [])
    late = reported(cast.affected)
    actions.link(cast.agent, number=problem.number, incidents=[late.number])
    spread()
    assert Message.objects.get(incident=late, kind=Message.Kind.WORKAROUND).text == TRICK
    assert told("incident_advised") == [cast.affected.id]


def test_a_fix_resolves_what_waits_for_it_and_tells_the_agents_of_the_rest(cast: Cast) -> None:
    (waits,) = waiting(cast)
    other = reported(cast.affected)
    incident_actions.take(cast.agent, number=other.number)
    problem = raised(cast.problem_manager, [waits, other])
    fixed(cast, problem)
    spread()
    waits.refresh_from_db()
    other.refresh_from_db()
    assert (waits.status, other.status) == (Status.RESOLVED, Status.IN_PROGRESS)
    assert waits.resolution_note == "A new fuse is in."
    assert waits.closes_at is not None
    assert Timer.objects.get(incident=waits).due_at == waits.remind_at
    assert told("incident_resolved") == [cast.reporter.id]
    assert OutboxMessage.objects.get(kind="incident_resolved").facts["links"].keys() == {"confirm", "reject"}
    assert told("incident_cause_ended") == [cast.agent.id]
    assert Message.objects.get(incident=other, kind=Message.Kind.NOTE).internal
    entry = TrailEntry.objects.get(kind="incident.resolved", record_id=waits.pk)
    assert entry.actor_id == cast.problem_manager.id
    assert entry.facts["changed"]["status"] == ["on_hold", "resolved"]
    before = TrailEntry.objects.count()
    spread()
    assert TrailEntry.objects.count() == before


def test_a_fix_is_undone_but_for_what_was_confirmed(cast: Cast) -> None:
    first, second = waiting(cast, number=2)
    problem = raised(cast.problem_manager, [first, second])
    actions.begin_fix(cast.problem_manager, number=problem.number)
    fixed(cast, problem)
    spread()
    incident_actions.confirm(cast.reporter, number=first.number, word=IT_WORKS)
    actions.undo_fix(cast.problem_manager, number=problem.number)
    spread()
    problem.refresh_from_db()
    assert (problem.status, problem.code) == ("fixing", "")
    assert [Incident.objects.get(pk=one.pk).status for one in (first, second)] == [Status.CLOSED, Status.ON_HOLD]
    fixed(cast, problem)
    spread()
    assert Incident.objects.get(pk=second.pk).status == Status.RESOLVED


def test_what_an_agent_resolved_since_then_is_not_undone(cast: Cast) -> None:
    (waits,) = waiting(cast)
    problem = raised(cast.problem_manager, [waits])
    fixed(cast, problem)
    spread()
    incident_actions.reject(cast.reporter, number=waits.number, text="Still smoke.")
    incident_actions.resolve(cast.agent, number=waits.number, resolution=FIXED)
    actions.undo_fix(cast.problem_manager, number=problem.number)
    spread()
    assert Incident.objects.get(pk=waits.pk).status == Status.RESOLVED


def test_a_fix_waits_until_the_undo_of_the_one_before_has_arrived(cast: Cast) -> None:
    (waits,) = waiting(cast)
    problem = raised(cast.problem_manager, [waits])
    fixed(cast, problem)
    spread()
    actions.undo_fix(cast.problem_manager, number=problem.number)
    with pytest.raises(Refused):
        fixed(cast, problem)
    spread()
    fixed(cast, problem)
    spread()
    assert Incident.objects.get(pk=waits.pk).status == Status.RESOLVED


def test_an_undo_before_anything_was_brought_leaves_no_trace_outside(cast: Cast) -> None:
    (waits,) = waiting(cast)
    problem = raised(cast.problem_manager, [waits])
    before = TrailEntry.objects.filter(record="incident").count()
    fixed(cast, problem)
    actions.undo_fix(cast.problem_manager, number=problem.number)
    spread()
    assert TrailEntry.objects.filter(record="incident").count() == before
    assert not told("incident_resolved")


@pytest.mark.parametrize("ends", [actions.accept_risk, actions.cancel])
def test_other_ends_resolve_nothing(cast: Cast, ends: object) -> None:
    (waits,) = waiting(cast)
    problem = raised(cast.problem_manager, [waits])
    ends(cast.problem_manager, number=problem.number, reason="A canary in the mine.")  # type: ignore[operator]
    spread()
    waits.refresh_from_db()
    assert waits.status == Status.ON_HOLD
    assert "canary" in Message.objects.get(incident=waits, kind=Message.Kind.NOTE).text
    assert told("incident_cause_ended") == []
    assert not [one for one in OutboxMessage.objects.all() if "canary" in str(one.facts)]


def test_duplicates_hand_their_incidents_over(cast: Cast) -> None:
    (waits,) = waiting(cast)
    survivor = helped(cast, [])
    double = raised(cast.problem_manager, [waits])
    actions.merge(cast.problem_manager, number=double.number, into=survivor.number)
    spread()
    assert Link.objects.get(incident=waits).problem == survivor
    assert told("incident_advised") == [cast.reporter.id]
    double.refresh_from_db()
    assert (double.status, double.code, double.duplicate_of) == ("closed", "duplicate", survivor)


def test_what_was_linked_while_it_was_over_is_told_once_it_is_open_again(cast: Cast) -> None:
    problem = helped(cast, [])
    fixed(cast, problem)
    late = reported(cast.affected)
    actions.link(cast.agent, number=problem.number, incidents=[late.number])
    spread()
    assert not told("incident_advised")
    actions.reopen(cast.problem_manager, number=problem.number, reason="It smokes again.")
    spread()
    assert told("incident_advised") == [cast.affected.id]
