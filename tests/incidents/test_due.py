"""Timers: claimed, counted before they are tried, and left to nobody's fate but their own."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from incidents.actions import timing
from incidents.due import WORK
from incidents.models import Incident, Timer
from tenancy import clock, engine
from tenancy.engine import claims
from tenancy.members import Member
from tenancy.models import Organisation, TrailEntry
from tenancy.wall import bound
from tests.config.processes import environment
from tests.incidents.factories import reported

pytestmark = pytest.mark.django_db(transaction=True)
URGENT = {"impact": "organisation", "urgency": "critical"}
Make = Callable[[int], list[Incident]]


@pytest.fixture
def due(harbour: Organisation, member: Callable[..., Member]) -> Make:
    """So many incidents with a deadline that has come, committed."""
    reporter = member()

    def make(count: int) -> list[Incident]:
        with bound(harbour.id):
            return [reported(reporter, at=clock.now() - timedelta(minutes=8), **URGENT) for _ in range(count)]

    return make


def timers(harbour: Organisation) -> dict[int, tuple[int, bool]]:
    """By incident: how often it was tried, and whether it may be tried now."""
    with bound(harbour.id):
        ready = set(Timer.objects.due().values_list("incident", flat=True))
        return {one.incident_id: (one.attempts, one.incident_id in ready) for one in Timer.objects.all()}


def make_ready(harbour: Organisation) -> None:
    with bound(harbour.id):
        Timer.objects.update(retry_at=None)


def warnings(harbour: Organisation) -> list[int]:
    with bound(harbour.id):
        found = TrailEntry.objects.filter(kind="incident.clock_warned").order_by("record_id")
        return list(found.values_list("record_id", flat=True))


DYING = """
import os, signal, sys, django
django.setup()
from incidents.actions import timing
timing.CLAIMS.claim(int(sys.argv[1]))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_what_was_taken_by_somebody_who_died_is_counted_and_taken_again(harbour: Organisation, due: Make) -> None:
    one, other = (incident.pk for incident in due(2))
    died = subprocess.run([sys.executable, "-c", DYING, str(harbour.id)], env=environment(), check=False)
    assert died.returncode == -signal.SIGKILL
    assert timers(harbour) == {one: (1, False), other: (1, False)}
    make_ready(harbour)
    assert WORK.attend(harbour.id) == 2
    assert warnings(harbour) == [one, other]
    assert {attempts for attempts, _ready in timers(harbour).values()} == {0}


def test_what_died_again_and_again_is_tried_alone(harbour: Organisation, due: Make) -> None:
    bad, *good = (incident.pk for incident in due(4))
    with bound(harbour.id):
        Timer.objects.filter(incident=bad).update(attempts=claims.ALONE, due_at=clock.now() - timedelta(days=1))
    assert len(timing.CLAIMS.claim(harbour.id)) == 1
    assert timers(harbour)[bad] == (claims.ALONE + 1, False)
    assert WORK.attend(harbour.id) == 3
    assert warnings(harbour) == good


@pytest.mark.parametrize(("attempts", "together"), [(0, 15), (1, 15), (2, 12), (3, 3), (4, 1)])
def test_what_was_there_when_a_process_died_is_tried_among_ever_fewer(
    harbour: Organisation, due: Make, attempts: int, together: int
) -> None:
    due(15)
    with bound(harbour.id):
        Timer.objects.update(attempts=attempts)
    assert len(timing.CLAIMS.claim(harbour.id)) == together


def test_the_pauses_grow_and_end(harbour: Organisation, due: Make) -> None:
    due(1)
    pauses = []
    for attempts in (0, 1, 5, 40, 32000):
        with bound(harbour.id):
            Timer.objects.update(attempts=attempts, retry_at=None)
        timing.CLAIMS.claim(harbour.id)
        with bound(harbour.id):
            retry_at = Timer.objects.values_list("retry_at", flat=True)[0]
            assert isinstance(retry_at, datetime)
            pauses.append(round((retry_at - clock.now()).total_seconds()))
    assert pauses == [1, 2, 32, 3600, 3600]


def test_an_incident_that_somebody_works_on_is_left_to_them(harbour: Organisation, due: Make) -> None:
    due(2)
    with bound(harbour.id):
        held = Incident.objects.select_for_update(of=("self",)).first()
        assert held
        others = _on_another_connection(harbour.id)
    assert others == 1, "the other one was left"
    assert warnings(harbour) == [number for number in sorted(timers(harbour)) if number != held.pk]
    assert timers(harbour)[held.pk] == (0, True), "and what was left counts as not tried"
    assert WORK.attend(harbour.id) == 1


def _on_another_connection(organisation_id: int) -> int:
    taken: list[int] = []

    def act() -> None:
        taken.append(WORK.attend(organisation_id))
        connection.close()

    thread = threading.Thread(target=act)
    thread.start()
    thread.join(20)
    return taken[0]


def test_the_engine_does_it_and_tells_how_late_and_how_much_is_left(
    harbour: Organisation, due: Make, settings: Any
) -> None:
    settings.DUE_WORK = ["incidents.due.WORK"]  # what other rooms have to do is not counted here
    due(3)
    with bound(harbour.id):
        Timer.objects.update(retry_at=clock.now() + timedelta(minutes=5), attempts=3)
    found = engine.overdue()["timers"]
    assert (found.rows, found.failing) == (3, 3)
    assert 20 < found.oldest < 200
    assert engine.tick() == 0
    make_ready(harbour)
    assert engine.tick() == 3
    assert engine.overdue()["timers"].rows == 0


def test_what_keeps_failing_is_shown_to_administrators_who_can_have_it_tried_again(
    harbour: Organisation, due: Make, member: Callable[..., Member], client_of: Callable[[Member], Client]
) -> None:
    (incident,) = due(1)
    later = clock.now() + timedelta(minutes=30)
    with bound(harbour.id):
        Timer.objects.update(attempts=4, retry_at=later, last_error="OverflowError: a clock that can't be read")
    browser = client_of(member("administrator"))
    page = browser.get("/desk/stuck/").content.decode()
    assert incident.label in page
    assert "OverflowError: a clock that can&#x27;t be read" in page
    assert browser.post("/desk/stuck/").status_code == 302
    assert timers(harbour)[incident.pk] == (0, True)
    assert "None: everything that was due is done." in browser.get("/desk/stuck/").content.decode()
    assert client_of(member("agent")).get("/desk/stuck/").status_code == 403
