"""Clocks as verbs turn them, and what is told when a promise runs out."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from incidents import actions
from incidents.actions import timing
from incidents.actions.configuring import furnish
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason, Status
from incidents.models import Clock, DeskRules, EscalationPolicy, Incident, PolicyEdition, Timer
from incidents.priority import Impact, Urgency
from incidents.sla import Measure, State
from incidents.winding import Recount
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.members import Member
from tenancy.models import TrailEntry
from tenancy.wall import current_organisation_id
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, SUPPLIER, brought_to, classification, reported

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def promises(bind: None) -> None:
    """The organisation as it is founded, but for those who are called when nobody answers."""
    furnish()
    EscalationPolicy.objects.update(is_active=False)


def stands(incident: Incident) -> dict[str, Clock]:
    return {one.measure: one for one in Clock.objects.filter(incident=incident)}


def wake(at: datetime | None = None) -> int:
    """Let everything be due that is so by ``at``, and attend to it."""
    Timer.objects.filter(due_at__lte=at or clock.now()).update(due_at=clock.now() - DAY)
    return timing.CLAIMS.attend_batch(current_organisation_id())


def test_a_report_starts_three_clocks_in_office_hours(reporter: Member) -> None:
    incident = reported(reporter, at=MONDAY + 7 * HOUR, impact=Impact.GROUP)  # 17:00 in Berlin
    found = stands(incident)
    assert found.keys() == {"response", "update", "resolution"}
    assert found["response"].due_at == MONDAY + DAY + HOUR, "four hours: one today, three tomorrow from eight on"
    assert {one.state for one in found.values()} == {State.RUNS}
    first = min(one.next_at for one in found.values() if one.next_at)
    assert Timer.objects.get(incident=incident).due_at == first


def test_taking_it_keeps_the_first_promise(reporter: Member, agent: Member) -> None:
    incident = reported(reporter, at=MONDAY)
    actions.take(agent, number=incident.number, at=MONDAY + HOUR)
    response = stands(incident)["response"]
    assert (response.state, response.ended_at, response.is_late) == (State.STOPPED, MONDAY + HOUR, False)


def test_a_pause_survives_every_change_of_the_promise(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.IN_PROGRESS, reporter, agent, at=MONDAY)
    actions.hold(agent, number=incident.number, facts=SUPPLIER, at=MONDAY + HOUR)
    assert stands(incident)["resolution"].due_at is None
    worse = classification(impact=Impact.ORGANISATION, urgency=Urgency.HIGH)
    actions.classify(agent, number=incident.number, facts=worse, at=MONDAY + 2 * HOUR)
    actions.resume(agent, number=incident.number, at=MONDAY + 4 * HOUR)
    found = Incident.objects.get(pk=incident.pk)
    resolution = stands(incident)["resolution"]
    assert (found.priority, resolution.target, resolution.used) == ("P1", 240, HOUR)
    assert resolution.due_at == MONDAY + 7 * HOUR, "four hours around the clock, and three of pause"


@pytest.mark.parametrize("pauses", [False, True])
def test_waiting_for_a_problem_pauses_where_the_rules_say_so(pauses: bool, reporter: Member, agent: Member) -> None:
    DeskRules.objects.update(pauses_for_problem=pauses)
    incident = brought_to(Status.IN_PROGRESS, reporter, agent, at=MONDAY)
    facts = Hold(reason=HoldReason.PROBLEM, text="PRB")
    actions.hold(agent, number=incident.number, facts=facts, at=MONDAY + HOUR)
    DeskRules.objects.update(pauses_for_problem=not pauses)
    actions.note(agent, number=incident.number, text="Nothing new.", at=MONDAY + 2 * HOUR)
    actions.classify(agent, number=incident.number, facts=classification(), at=MONDAY + 3 * HOUR)
    resolution = stands(incident)["resolution"]
    assert resolution.state == (State.PAUSES if pauses else State.RUNS)
    assert resolution.used == (HOUR if pauses else 3 * HOUR), "what the rules said then, not what they say now"


@pytest.mark.parametrize("anew", [False, True])
def test_reopening_goes_on_or_starts_afresh(anew: bool, reporter: Member, agent: Member) -> None:
    DeskRules.objects.update(counts_anew=anew)
    incident = brought_to(Status.IN_PROGRESS, reporter, agent, at=MONDAY)
    actions.resolve(agent, number=incident.number, resolution=FIXED, at=MONDAY + 2 * HOUR)
    assert stands(incident)["resolution"].ended_at == MONDAY + 2 * HOUR
    actions.reject(reporter, number=incident.number, text="No.", at=MONDAY + 5 * HOUR)
    resolution = stands(incident)["resolution"]
    assert resolution.ended_at is None
    assert resolution.used == (timedelta() if anew else 2 * HOUR)


def test_what_is_over_is_not_woken(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.CLOSED, reporter, agent, at=MONDAY)
    assert not Timer.objects.filter(incident=incident).exists()


class TestRecounting:
    """``manage.py clocks verify``: stored clocks are what the trail tells."""

    @pytest.fixture
    def lives(self, reporter: Member, agent: Member) -> list[Incident]:
        for number, reason in enumerate((HoldReason.SUPPLIER, HoldReason.PROBLEM)):
            incident = brought_to(Status.IN_PROGRESS, reporter, agent, at=MONDAY + number * DAY)
            facts = Hold(reason=reason, text="Wait.")
            actions.hold(agent, number=incident.number, facts=facts, at=MONDAY + 2 * DAY)
        return [brought_to(status, reporter, agent, at=MONDAY) for status in Status]

    def test_all_are_what_the_trail_tells(self, lives: list[Incident]) -> None:
        recount = Recount()
        assert list(recount.wrong()) == []
        assert recount.clocks >= 2 * len(lives)

    @pytest.mark.parametrize(
        "change", [{"due_at": MONDAY}, {"target": 1}, {"used": timedelta(seconds=1)}, {"state": State.PAUSES}]
    )
    def test_one_that_differs_is_named(self, lives: list[Incident], change: dict[str, Any]) -> None:
        Clock.objects.filter(incident=lives[0], measure=Measure.RESOLUTION).update(**change)
        (wrong,) = Recount().wrong()
        assert wrong.startswith(f"{lives[0].label}: resolution: {next(iter(change))} is")

    def test_one_that_is_gone_is_named(self, lives: list[Incident]) -> None:
        Clock.objects.filter(incident=lives[0], measure=Measure.RESOLUTION).delete()
        assert list(Recount().wrong()) == [f"{lives[0].label}: resolution: there is no clock, and the trail makes one"]

    def test_an_edition_from_then_on_changes_nothing_before(self, lives: list[Incident]) -> None:
        general = PolicyEdition.objects.get()
        PolicyEdition.objects.create(policy=general.policy, calendar=general.calendar, takes_effect_at=clock.now())
        assert list(Recount().wrong()) == []


def test_the_promise_for_the_service_comes_before_the_one_for_all(reporter: Member, cast: Cast) -> None:
    general = PolicyEdition.objects.get()
    policy = type(general.policy).objects.create(name="Special", service=cast.service)
    for minutes, since in ((30, MONDAY - DAY), (10, MONDAY + DAY)):
        PolicyEdition.objects.create(
            policy=policy,
            calendar=general.calendar,
            takes_effect_at=since,
            targets={p: {"response": minutes} for p in ("P1", "P2", "P3", "P4", "P5")},
        )
    mine = stands(reported(reporter, at=MONDAY, service=cast.service))
    other = stands(reported(reporter, at=MONDAY))
    later = stands(reported(reporter, at=MONDAY + 2 * DAY, service=cast.service))
    assert (mine["response"].target, other["response"].target, later["response"].target) == (30, 600, 10)
    assert mine["resolution"].target == 3000, "what the special one does not promise, the general one does"


class TestWhatIsDue:
    """The engine's hand: each level is told once, to whom it concerns."""

    def told(self) -> list[tuple[str, str]]:
        found = OutboxMessage.objects.filter(kind="incident_clock").order_by("id")
        return [(message.name, f"{message.facts['measure']} {message.facts['level']}") for message in found]

    def test_half_is_told_to_the_agent_once(self, cast: Cast) -> None:
        at = clock.now() - 6 * HOUR
        urgent = {"impact": Impact.ORGANISATION, "urgency": Urgency.CRITICAL, "service": cast.service}
        incident = reported(cast.reporter, at=at, **urgent)
        actions.take(cast.agent, number=incident.number, at=at + HOUR / 12)
        actions.reply(cast.agent, number=incident.number, text="We are on it.", at=clock.now() - HOUR / 60)
        assert wake() == 1
        assert wake() == 0
        resolution = stands(incident)["resolution"]
        assert (resolution.warned, resolution.is_late, resolution.next_at) == (100, True, None)
        assert self.told() == [(cast.agent.name, "resolution 100"), *self._leaders(cast, "resolution 100")]
        levels = TrailEntry.objects.filter(kind="incident.clock_warned").values_list("facts__level", flat=True)
        assert list(levels) == [100], "attached late: told once, not three times"

    def _leaders(self, cast: Cast, what: str) -> list[tuple[str, str]]:
        found = [name for name, _ in self.told() if name != cast.agent.name]
        assert cast.team_lead.name in found
        assert cast.manager.name in found
        assert cast.other_lead.name not in found
        return [(name, what) for name in found]

    def test_each_level_in_its_turn(self, cast: Cast) -> None:
        at = clock.now()
        incident = reported(cast.reporter, at=at, impact=Impact.ORGANISATION, urgency=Urgency.CRITICAL)
        response = stands(incident)["response"]
        assert response.next_at == at + timedelta(minutes=7.5)
        assert wake() == 0, "nothing is due yet"
        assert Timer.objects.get(incident=incident).due_at == response.next_at

    def test_a_target_that_comes_back_is_told_of_once(self, cast: Cast) -> None:
        urgent = {"impact": "organisation", "urgency": "critical"}
        incident = reported(cast.reporter, at=clock.now() - timedelta(hours=3), service=cast.service, **urgent)
        wake()
        told = self.told()
        assert told
        for facts in ({"impact": "person", "urgency": "low"}, urgent):
            facts = classification(service=cast.service, **facts)
            actions.classify(cast.agent, number=incident.number, facts=facts)
            wake()
        assert self.told() == told

    def test_one_in_trouble_takes_no_other_along(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        at = clock.now() - 6 * HOUR
        urgent = {"impact": Impact.ORGANISATION, "urgency": Urgency.CRITICAL}
        good, bad = (reported(cast.reporter, at=at, **urgent) for _ in range(2))
        Clock.objects.filter(incident=bad, measure=Measure.RESPONSE).update(target=0, used=timedelta(days=999999999))
        assert wake() == 2
        assert not Timer.objects.filter(incident=good, due_at__lte=clock.now()).exists()
        stuck = Timer.objects.get(incident=bad)
        assert (stuck.attempts, re.match("OverflowError", stuck.last_error) is not None) == (1, True)
        assert stuck.retry_at
        assert timing.CLAIMS.attend_batch(cast.reporter.organisation_id) == 0, "it waits before it is tried again"
        assert stands(good)["response"].warned == 100
        assert stands(bad)["resolution"].warned == 0


def test_who_is_waiting_is_seen_over_the_wall(reporter: Member, agent: Member) -> None:
    reported(reporter, at=clock.now() - DAY, impact=Impact.ORGANISATION, urgency=Urgency.CRITICAL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT organisations_with_due_timers()")
        assert (reporter.organisation_id,) in cursor.fetchall()


def test_an_import_warns_nobody_of_its_past(cast: Cast) -> None:
    at = clock.now() - 6 * HOUR
    urgent = {"impact": Impact.ORGANISATION, "urgency": Urgency.CRITICAL}
    incident = reported(cast.reporter, at=at, **urgent)
    assert timing.let_pass() == 1
    assert {one.measure: (one.warned, one.is_late) for one in Clock.objects.filter(incident=incident)} == {
        "response": (100, True),
        "update": (100, True),
        "resolution": (100, True),
    }
    assert not Timer.objects.due().exists()
    assert not OutboxMessage.objects.filter(kind="incident_clock").exists()
    assert not TrailEntry.objects.filter(kind="incident.clock_warned").exists()
