"""A step and an acknowledgement at once: they end in one of the two orders, never in both."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from incidents import actions
from incidents.actions import timing
from incidents.models import EscalationEdition, EscalationPolicy, Incident, Timer
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation, TrailEntry
from tenancy.wall import bound
from tests.incidents.factories import reported
from tests.incidents.test_races import Second

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(member: Callable[..., Member]) -> dict[str, Member]:
    return {"reporter": member(), "agent": member("agent"), "manager": member("incident_manager")}


@pytest.fixture
def ringing(harbour: Organisation, people: dict[str, Member]) -> Incident:
    """A step for the incident manager is due."""
    with bound(harbour.id):
        EscalationPolicy.objects.update(is_active=False)
        at = clock.now() - timedelta(minutes=6)
        EscalationEdition.objects.create(
            policy=EscalationPolicy.objects.create(name="All"),
            takes_effect_at=at - timedelta(days=1),
            steps=[{"after": 5, "tell": [["role", "incident_manager"]], "level": 1}],
        )
        return reported(people["reporter"], at=at)


def what_happened(harbour: Organisation, incident: Incident) -> tuple[list[str], int, int]:
    """The trail's kinds, the level, and how many letters there are."""
    with bound(harbour.id):
        kinds = TrailEntry.objects.filter(record="incident", record_id=incident.pk).order_by("id")
        letters = OutboxMessage.objects.filter(kind="incident_escalated").count()
        level = Incident.objects.get(pk=incident.pk).escalation_level
        return [one.kind.partition(".")[2] for one in kinds], level, letters


def test_who_acknowledges_while_the_step_waits_stops_it(
    harbour: Organisation, people: dict[str, Member], ringing: Incident
) -> None:
    with bound(harbour.id):
        actions.acknowledge(people["agent"], number=ringing.number)
        step = Second(harbour, lambda: timing.CLAIMS.attend_batch(harbour.id))
        step.end()  # it does not wait: the incident is left to whoever holds it
    with bound(harbour.id):
        Timer.objects.update(due_at=clock.now(), retry_at=None)
    timing.CLAIMS.attend_batch(harbour.id)
    assert what_happened(harbour, ringing) == (["reported", "acknowledged"], 0, 0)


def test_who_acknowledges_while_it_takes_place_comes_after_it(
    harbour: Organisation, people: dict[str, Member], ringing: Incident
) -> None:
    with bound(harbour.id):
        timers = timing.CLAIMS.claim(harbour.id)
        timing.CLAIMS.round(harbour.id, timers)
        other = Second(harbour, lambda: actions.acknowledge(people["agent"], number=ringing.number))
        other.wait_until_it_waits()
    other.end()
    kinds, level, letters = what_happened(harbour, ringing)
    assert (kinds, level, letters) == (["reported", "escalated", "acknowledged"], 1, 1)


@pytest.mark.parametrize("turn", range(5))
def test_at_once_it_is_one_order_or_the_other(
    harbour: Organisation, people: dict[str, Member], ringing: Incident, turn: int
) -> None:
    gate = threading.Barrier(3)
    ticks = [_at_the_gate(gate, lambda: timing.CLAIMS.attend_batch(harbour.id)) for _ in range(2)]
    answer = _at_the_gate(gate, lambda: _acknowledge(harbour, people["agent"], ringing))
    for thread in (*ticks, answer):
        thread.join(20)
        assert not thread.is_alive()
    assert what_happened(harbour, ringing) in [
        (["reported", "acknowledged"], 0, 0),
        (["reported", "escalated", "acknowledged"], 1, 1),
    ]


def _acknowledge(harbour: Organisation, agent: Member, incident: Incident) -> None:
    with bound(harbour.id):
        actions.acknowledge(agent, number=incident.number)


def _at_the_gate(gate: threading.Barrier, act: Callable[[], object]) -> threading.Thread:
    """As the engine does it: outside of any transaction but its own."""

    def run() -> None:
        gate.wait(20)
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
