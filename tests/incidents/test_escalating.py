"""Escalations as they happen: who is told, what changes, and what stops it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from incidents import actions
from incidents.actions import timing, together
from incidents.actions.round import Round
from incidents.lifecycle import Status
from incidents.models import (
    DeskRules,
    Escalation,
    EscalationEdition,
    EscalationPolicy,
    Incident,
    Involvement,
    Timer,
)
from incidents.views import queue_shape
from notifications import conditions
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions import people
from tenancy.members import Member
from tenancy.models import Membership, Team, TeamSeat, TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, brought_to, classification, involved, person, reported

pytestmark = pytest.mark.django_db
URGENT = {"impact": "organisation", "urgency": "critical"}
MINUTE = timedelta(minutes=1)
Steps = list[dict[str, Any]]


def follow(steps: Steps, **scope: Any) -> EscalationEdition:
    """Let these steps hold for everything that no other policy is for."""
    EscalationPolicy.objects.update(is_active=False)
    policy = EscalationPolicy.objects.create(name=f"Test {EscalationPolicy.objects.count()}", **scope)
    at = clock.now() - timedelta(days=400)
    return EscalationEdition.objects.create(policy=policy, takes_effect_at=at, steps=steps)


def burning(cast: Cast, minutes: float, **draft: Any) -> Incident:
    """An incident that was reported so many minutes ago."""
    return reported(cast.reporter, at=clock.now() - minutes * MINUTE, **{"service": cast.service, **URGENT, **draft})


def wake(cast: Cast) -> int:
    """Let the engine look at what is due, and once more as long as there is something."""
    taken = 0
    while found := timing.CLAIMS.attend_batch(cast.reporter.organisation_id):
        taken += found
    return taken


def later(minutes: float) -> None:
    """Let time pass for what is under way."""
    for row in Escalation.objects.all():
        row.started_at -= minutes * MINUTE
        row.next_at = row.next_at and row.next_at - minutes * MINUTE
        row.fired = [
            [n, (datetime.fromisoformat(at) - minutes * MINUTE).isoformat() if n else ""] for n, at in row.fired
        ]
        row.save()
    for timer in Timer.objects.all():
        Timer.objects.filter(pk=timer.pk).update(due_at=timer.due_at - minutes * MINUTE)


def escalated() -> list[dict[str, Any]]:
    return [one.facts for one in TrailEntry.objects.filter(kind="incident.escalated").order_by("id")]


def told(kind: str = "incident_escalated") -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("name", flat=True))


def names(*members: Member) -> list[str]:
    return sorted(one.name for one in members)


def again(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


ONE_STEP: Steps = [{"after": 5, "tell": [["team_lead"]], "level": 1}]


def test_a_step_happens_once_with_all_its_effects(cast: Cast) -> None:
    follow([{"after": 5, "tell": [["team_lead"]], "level": 2, "team": cast.other_team.pk, "major": True}])
    incident = burning(cast, 6)
    assert wake(cast)
    found = again(incident)
    assert (found.escalation_level, found.team_id) == (2, cast.other_team.pk)
    assert found.major_proposed_at
    (facts,) = escalated()
    assert (facts["step"], facts["cycle"], facts["generation"], facts["level"]) == (1, 1, 1, 2)
    assert facts["changed"]["escalation_level"] == [0, 2]
    assert told() == names(cast.lead, cast.other_lead), "who leads the team that has it now"
    entry = TrailEntry.objects.get(kind="incident.escalated")
    assert entry.actor is None
    assert wake(cast) == 0
    assert len(escalated()) == 1


def test_it_waits_for_its_time(cast: Cast) -> None:
    follow(ONE_STEP)
    incident = burning(cast, 4)
    assert Escalation.objects.get(incident=incident).next_at == incident.reported_at + 5 * MINUTE
    wake(cast)
    assert escalated() == []
    later(2)
    wake(cast)
    assert len(escalated()) == 1


@pytest.mark.parametrize(
    ("target", "who"),
    [
        (["team"], ["mate", "team_lead"]),
        (["team_lead"], ["lead", "team_lead"]),
        (["role", "incident_manager"], ["manager"]),
        (["watchers"], ["agent"]),
        (["stakeholders"], ["stakeholder"]),
    ],
)
def test_whom_a_target_means(cast: Cast, target: list[str], who: list[str]) -> None:
    follow([{"after": 5, "tell": [target]}])
    incident = burning(cast, 6)
    involved(incident, cast.agent, Involvement.Part.WATCHER)
    wake(cast)
    assert told() == names(*(getattr(cast, one) for one in who))
    assert escalated()[0]["told_ids"] == sorted(getattr(cast, one).id for one in who)


def test_the_assignee_and_a_person_by_name(cast: Cast) -> None:
    follow([{"after": 5, "tell": [["assignee"], ["person", cast.manager.id]], "until": "resolved"}])
    incident = burning(cast, 4)
    actions.assign(cast.lead, number=incident.number, assignee=person(cast.mate))
    later(2)
    wake(cast)
    assert told() == names(cast.mate, cast.manager)


def test_who_is_on_duty_is_asked_of_a_hook(cast: Cast, settings: Any) -> None:
    settings.WHO_IS_ON_DUTY = f"{__name__}.on_duty"
    DUTY[:] = [cast.outside_agent.id, cast.bystander.id]
    follow([{"after": 5, "tell": [["on_duty"]]}])
    burning(cast, 6)
    wake(cast)
    assert told() == names(cast.outside_agent), "and who may not see it is not told by being on duty"


DUTY: list[int] = []


def on_duty(incident: Incident) -> list[Membership]:
    return list(Membership.objects.filter(pk__in=DUTY))


def test_of_a_restricted_one_nobody_hears_who_may_not_see_it(cast: Cast) -> None:
    follow([{"after": 5, "tell": [["role", "agent"], ["stakeholders"], ["team"]]}])
    incident = burning(cast, 4)
    actions.restrict(cast.team_lead, number=incident.number)
    later(2)
    wake(cast)
    assert told() == names(cast.mate, cast.team_lead)


@pytest.mark.parametrize("obstacle", ["it is restricted", "the team is retired"])
def test_it_is_not_moved_where_it_should_not_go(cast: Cast, obstacle: str) -> None:
    follow([{"after": 5, "tell": [["team"]], "team": cast.other_team.pk}])
    incident = burning(cast, 4)
    if obstacle == "it is restricted":
        actions.restrict(cast.team_lead, number=incident.number)
    else:
        Team.objects.filter(pk=cast.other_team.pk).update(is_active=False)
    later(2)
    wake(cast)
    assert again(incident).team_id == cast.team.pk
    assert told() == names(cast.mate, cast.team_lead)


class TestAnswers:
    """What stops the steps that wait for an answer."""

    def test_taking_it_is_an_answer(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.take(cast.agent, number=incident.number)
        later(10)
        wake(cast)
        assert escalated() == []
        assert again(incident).acknowledged_by_id == cast.agent.id

    def test_acknowledging_it_is_one_whoever_says_so_last(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.acknowledge(cast.agent, number=incident.number)
        later(10)
        wake(cast)
        assert escalated() == []
        found = again(incident)
        assert (found.status, found.assignee_id, found.acknowledged_by_id) == ("new", None, cast.agent.id)
        actions.acknowledge(cast.mate, number=incident.number)
        assert again(incident).acknowledged_by_id == cast.mate.id

    def test_being_given_it_by_another_is_none(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.assign(cast.lead, number=incident.number, assignee=person(cast.agent))
        later(10)
        wake(cast)
        assert len(escalated()) == 1

    def test_giving_it_to_oneself_is_one(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.assign(cast.agent, number=incident.number, assignee=person(cast.agent))
        assert again(incident).acknowledged_by_id == cast.agent.id

    def test_what_must_be_solved_goes_on(self, cast: Cast) -> None:
        follow([{"after": 5, "until": "resolved", "tell": [["team_lead"]]}])
        incident = burning(cast, 4)
        actions.take(cast.agent, number=incident.number)
        later(10)
        wake(cast)
        assert len(escalated()) == 1

    def test_and_ends_when_it_is(self, cast: Cast) -> None:
        follow([{"after": 5, "until": "resolved", "tell": [["team_lead"]]}])
        incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=clock.now() - 4 * MINUTE)
        later(10)
        wake(cast)
        assert escalated() == []
        assert Escalation.objects.get(incident=incident).is_over

    def test_a_letter_is_looked_at_again_before_it_goes(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 6)
        wake(cast)
        letters = list(OutboxMessage.objects.filter(kind="incident_escalated"))
        assert all(conditions.is_needed(one) for one in letters)
        actions.acknowledge(cast.agent, number=incident.number)
        assert not any(conditions.is_needed(one) for one in letters)

    @pytest.mark.parametrize("who_has_it", ["", "mate"])
    def test_who_has_left_looks_after_nothing(self, cast: Cast, who_has_it: str) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.acknowledge(cast.agent, number=incident.number)
        if who_has_it:
            actions.take(cast.mate, number=incident.number)
        people.leave(cast.administrator, membership=person(cast.agent))
        later(4)
        wake(cast)
        assert escalated() == [], "the steps count from then on"
        later(2)
        wake(cast)
        assert [one["generation"] for one in escalated()] == ([] if who_has_it else [2])

    @pytest.mark.parametrize("by", ["route", "restrict"])
    def test_from_whom_it_is_taken_looks_after_it_no_more(self, cast: Cast, by: str) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.take(cast.agent, number=incident.number)
        if by == "route":
            actions.route(cast.agent, number=incident.number, team=cast.other_team)
        else:
            actions.restrict(cast.team_lead, number=incident.number)
        assert (again(incident).assignee, again(incident).acknowledged_at) == (None, None)
        later(6)
        wake(cast)
        assert [one["generation"] for one in escalated()] == [2]

    def test_who_keeps_it_in_another_team_goes_on(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 4)
        actions.take(cast.agent, number=incident.number)
        TeamSeat.objects.create(team=cast.other_team, membership_id=cast.agent.id)
        actions.route(cast.lead, number=incident.number, team=cast.other_team)
        assert again(incident).acknowledged_by_id == cast.agent.id


class TestNobody:
    """A step that reaches nobody."""

    STEPS: Steps = [
        {"after": 5, "tell": [["assignee"]]},
        {"after": 60, "tell": [["team"]], "level": 1},
        {"after": 90, "tell": [["role", "incident_manager"]], "level": 2},
    ]

    def catch_all(self, cast: Cast) -> None:
        rules = DeskRules.objects.get()
        rules.catch_all = person(cast.administrator)
        rules.save()

    def test_goes_on_with_the_next_at_once_and_tells_the_catch_all(self, cast: Cast) -> None:
        self.catch_all(cast)
        follow(self.STEPS)
        incident = burning(cast, 6)
        wake(cast)
        first, second = escalated()
        assert (first["step"], first["in_vain"], first["told_ids"]) == (1, True, [cast.administrator.id])
        assert (second["step"], "in_vain" in second) == (2, False)
        assert told() == names(cast.administrator, cast.mate, cast.team_lead)
        found = again(incident)
        assert (found.escalation_level, found.escalation_alarm) == (1, "")
        later(60)
        wake(cast)
        assert [one["step"] for one in escalated()] == [1, 2], "what was done early is not done again"

    def test_the_next_one_happens_once_though_it_is_due_itself(self, cast: Cast) -> None:
        self.catch_all(cast)
        follow(self.STEPS)
        burning(cast, 100)
        wake(cast)
        assert [(one["step"], one["cycle"]) for one in escalated()] == [(1, 1), (2, 1), (3, 1)]

    def test_whose_address_takes_no_mail_is_nobody(self, cast: Cast) -> None:
        self.catch_all(cast)
        follow([{"after": 5, "tell": [["person", cast.manager.id]]}])
        Membership.objects.filter(pk__in=[cast.manager.id, cast.administrator.id]).update(mail_refused_at=clock.now())
        incident = burning(cast, 6)
        wake(cast)
        assert escalated()[0]["told_ids"] == []
        assert again(incident).escalation_alarm == "told_nobody"

    def test_and_nobody_at_all_is_seen_by_everybody_until_somebody_answers(self, cast: Cast) -> None:
        follow([{"after": 5, "tell": [["assignee"]]}, {"after": 60, "tell": [["watchers"]]}])
        incident = burning(cast, 6)
        wake(cast)
        assert [one["step"] for one in escalated()] == [1, 2]
        assert again(incident).escalation_alarm == "told_nobody"
        assert told() == []
        actions.acknowledge(cast.agent, number=incident.number)
        assert again(incident).escalation_alarm == ""

    def test_what_is_solved_calls_for_nobody(self, cast: Cast) -> None:
        follow([{"after": 5, "tell": [["assignee"]]}])
        incident = burning(cast, 6)
        wake(cast)
        assert queue_shape.row(again(incident))["alarm"]
        actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
        assert not queue_shape.row(again(incident))["alarm"]

    def test_a_chain_that_ended_without_an_answer_is_seen(self, cast: Cast) -> None:
        self.catch_all(cast)
        follow(ONE_STEP)
        incident = burning(cast, 6)
        wake(cast)
        assert again(incident).escalation_alarm == ""
        later(11)
        wake(cast)
        assert again(incident).escalation_alarm == "unanswered"
        assert TrailEntry.objects.filter(kind="incident.unanswered").count() == 1
        assert cast.administrator.name in told()
        later(60)
        assert wake(cast) == 0 or TrailEntry.objects.filter(kind="incident.unanswered").count() == 1


class TestGenerations:
    """When it starts anew."""

    def test_repeats_come_so_many_times_each_after_its_pause(self, cast: Cast) -> None:
        follow([{"after": 5, "tell": [["team_lead"]], "times": 3, "every": 10}])
        burning(cast, 6)
        for _turn in range(6):
            wake(cast)
            later(10)
        assert [one["cycle"] for one in escalated()] == [1, 2, 3]

    def test_a_reopening_starts_a_new_one(self, cast: Cast) -> None:
        follow(ONE_STEP)
        incident = burning(cast, 6)
        wake(cast)
        actions.take(cast.agent, number=incident.number)
        actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
        actions.reject(cast.reporter, number=incident.number, text="Still smoke.")
        found = again(incident)
        assert (found.acknowledged_at, found.escalation_level) == (None, 0)
        later(6)
        wake(cast)
        assert [one["generation"] for one in escalated()] == [1, 2]

    def test_so_does_a_fix_that_is_taken_back(self, cast: Cast) -> None:
        follow([{"after": 5, "tell": [["team_lead"]], "until": "resolved"}])
        incident = burning(cast, 4)
        for act in (partial(together.solve, tested_how="Printed."), together.take_back):
            found = Incident.objects.select_for_update().get(pk=incident.pk)
            round_ = Round(clock.now(), {found.pk: found}, cast.problem_manager)
            act(round_, [found], text="A new fuse.")
            together.settle(round_)
        later(6)
        wake(cast)
        assert [one["generation"] for one in escalated()] == [2]

    def test_and_coming_back_to_a_policy_that_was_left(self, cast: Cast) -> None:
        follow(ONE_STEP, priority="P1")
        incident = burning(cast, 4)
        for impact, urgency in (("person", "low"), ("organisation", "critical")):
            facts = classification(service=cast.service, impact=impact, urgency=urgency)
            actions.classify(cast.agent, number=incident.number, facts=facts)
        later(6)
        wake(cast)
        assert [one["generation"] for one in escalated()] == [2]

    def test_another_priority_calls_others_from_now_on(self, cast: Cast) -> None:
        follow(ONE_STEP, priority="P3")
        EscalationEdition.objects.create(
            policy=EscalationPolicy.objects.create(name="One", priority="P1"),
            takes_effect_at=clock.now() - timedelta(days=1),
            steps=[{"after": 15, "tell": [["role", "incident_manager"]]}],
        )
        incident = burning(cast, 60, impact="group", urgency="medium")
        assert Escalation.objects.get(incident=incident).generation == 1
        facts = classification(service=cast.service, impact="organisation", urgency="critical")
        actions.classify(cast.agent, number=incident.number, facts=facts)
        assert list(Escalation.objects.order_by("generation").values_list("is_over", flat=True)) == [True, False]
        assert wake(cast) >= 0
        assert escalated() == []
        later(16)
        wake(cast)
        assert told() == names(cast.manager)

    def test_what_is_under_way_keeps_its_steps(self, cast: Cast) -> None:
        edition = follow(ONE_STEP)
        burning(cast, 4)
        EscalationEdition.objects.create(policy=edition.policy, takes_effect_at=clock.now(), steps=[])
        later(2)
        wake(cast)
        assert len(escalated()) == 1

    @pytest.mark.parametrize(
        ("scopes", "chosen"),
        [
            (["", "P1"], "P1"),
            (["", "service"], "service"),
            (["P1", "service"], "service"),
            (["service", "service P1"], "service P1"),
            (["P2", ""], ""),
        ],
    )
    def test_the_most_specific_wins(self, cast: Cast, scopes: list[str], chosen: str) -> None:
        for words in scopes:
            scope = {"service": cast.service} if "service" in words else {}
            follow(ONE_STEP, priority="".join(one for one in words.split() if one.startswith("P")), **scope)
        EscalationPolicy.objects.filter(name__startswith="Test").update(is_active=True)
        incident = burning(cast, 1)
        policy = Escalation.objects.get(incident=incident).edition.policy
        words = f"{'service ' if policy.service_id else ''}{policy.priority}".strip()
        assert words == chosen


def test_percentages_count_as_the_clock_does(cast: Cast, reported_p1: Callable[..., Incident]) -> None:
    follow([{"after": 50, "of": "response", "tell": [["team_lead"]]}])
    incident = reported_p1(minutes=7)
    wake(cast)
    assert escalated() == []
    assert Escalation.objects.get(incident=incident).next_at == incident.reported_at + 7.5 * MINUTE
    incident = reported_p1(minutes=8)
    wake(cast)
    assert len(escalated()) == 1


@pytest.fixture
def reported_p1(cast: Cast) -> Callable[..., Incident]:
    """Fifteen minutes until the first answer, round the clock."""
    return lambda *, minutes: burning(cast, minutes)


def test_who_loses_it_by_a_step_has_answered_no_more(cast: Cast) -> None:
    move = {"after": 5, "until": "resolved", "team": cast.other_team.pk, "tell": [["team"]]}
    follow([move, {"after": 20, "tell": [["team_lead"]]}])
    incident = burning(cast, 4)
    actions.take(cast.mate, number=incident.number)
    later(2)
    wake(cast)
    letters = OutboxMessage.objects.filter(kind="incident_escalated")
    assert letters
    assert all(conditions.is_needed(one) for one in letters)
    later(30)
    wake(cast)
    assert [(one["step"], one["generation"]) for one in escalated()] == [(1, 1), (1, 2), (2, 2)]


def test_who_leaves_between_a_fix_and_its_undoing_has_answered_no_more(cast: Cast) -> None:
    follow([{"after": 5, "tell": [["team_lead"]]}])
    incident = burning(cast, 4)
    actions.take(cast.agent, number=incident.number)
    for deed in (partial(together.solve, tested_how="Tried."), together.take_back):
        found = again(incident)
        by_the_fix = Round(clock.now(), {found.pk: found}, cast.problem_manager)
        deed(by_the_fix, [found], text="A new fuse.")
        together.settle(by_the_fix)
        if found.status == Status.RESOLVED:
            people.leave(cast.administrator, membership=person(cast.agent))
    later(6)
    wake(cast)
    assert [one["generation"] for one in escalated()] == [2]


def test_who_was_given_it_and_leaves_has_answered_no_more(cast: Cast) -> None:
    follow([{"after": 5, "tell": [["team_lead"]]}])
    incident = burning(cast, 4)
    actions.take(cast.agent, number=incident.number)
    actions.assign(cast.lead, number=incident.number, assignee=person(cast.mate))
    people.leave(cast.administrator, membership=person(cast.mate))
    later(6)
    wake(cast)
    assert escalated()
