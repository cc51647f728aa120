"""The figures: who may read them, what they say, and that several processes are read as one."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.metrics.processes import forget_the_dead, outbox_figures
from notifications.models import OutboxMessage
from notifications.outbox import Recipient, post
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.processes import Web
from tests.notifications.test_nudge import wait_for

HERE = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}
TOKEN = "a-long-token-for-prometheus"


@pytest.fixture
def promised(harbour: Organisation) -> Callable[..., None]:
    """Post a message that is due for some seconds, and change it: ``promised(90, attempts=1)``."""

    def make(seconds: float, organisation: Organisation = harbour, **changes: Any) -> None:
        at = clock.now() - timedelta(seconds=seconds)
        with bound(organisation.id):
            post(
                kind="x",
                to=Recipient("a@people.example"),
                facts={},
                dedupe=f"{seconds}{changes}",
                thread="",
                at=at,
            )
            OutboxMessage.objects.filter(dedupe=f"{seconds}{changes}").update(**changes)

    return make


@pytest.mark.parametrize("asked", [HERE, HERE | {"HTTP_HOST": "[::1]:80", "REMOTE_ADDR": "::1"}])
def test_this_machine_may_read_them(db: None, asked: dict[str, str]) -> None:
    answer = Client().get("/metrics", **asked)
    assert answer.status_code == 200
    assert b"stillwater_database_up 1.0" in answer.content


@pytest.mark.parametrize(
    "asked",
    [
        {"HTTP_HOST": "harbour.testserver"},
        {"HTTP_HOST": "harbour.testserver", "REMOTE_ADDR": "127.0.0.1"},
        HERE | {"REMOTE_ADDR": "192.0.2.7"},
        HERE | {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        HERE | {"HTTP_FORWARDED": "for=127.0.0.1"},
        HERE | {"HTTP_AUTHORIZATION": "Bearer "},
        HERE | {"HTTP_HOST": "harbour.testserver", "HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_for_visitors_there_is_no_such_page(harbour: Organisation, asked: dict[str, str]) -> None:
    answer = Client().get("/metrics", **asked)
    if asked.get("HTTP_AUTHORIZATION") == "Bearer ":  # an empty token opens nothing; the place does
        answer = Client().get("/metrics", **{**asked, "REMOTE_ADDR": "192.0.2.7"})
    assert answer.status_code == 404
    assert b"stillwater_" not in answer.content


def test_whoever_brings_the_token_may_read_them(harbour: Organisation, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    far = {"HTTP_HOST": "harbour.testserver", "REMOTE_ADDR": "192.0.2.7"}
    assert Client().get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}", **far).status_code == 200
    for wrong in ("Bearer x", TOKEN, f"Bearer {TOKEN}x", f"bearer{TOKEN}", ""):
        assert Client().get("/metrics", HTTP_AUTHORIZATION=wrong, **far).status_code == 404


def test_the_outbox_is_counted_over_all_organisations(
    promised: Callable[..., None], harbour: Organisation, quill: Organisation
) -> None:
    promised(100, last_error="421 come back later")
    promised(40, quill)
    promised(-60)
    promised(500, state="failed")
    promised(700, state="sent")
    promised(300, state="sending", lease_until=clock.now() + timedelta(seconds=60))
    waiting, due, oldest, untried, failed = outbox_figures()
    assert (waiting, due, failed) == (4, 2, 1)
    assert 100 <= oldest < 130
    assert 40 <= untried < 70


@pytest.fixture
def both(tmp_path: Path, transactional_db: None) -> Iterator[list[Web]]:
    folder = tmp_path / "figures"
    folder.mkdir()
    served = [Web(tmp_path / f"{name}.log", PROMETHEUS_MULTIPROC_DIR=str(folder), METRICS_TOKEN=TOKEN) for name in "ab"]
    yield served
    for web in served:
        web.stop()


def figures_at_rest(web: Web) -> str:
    """The same some time after one has asked: on a busy machine the last asking is still being ended."""
    time.sleep(0.5)
    return figures(web)


def figures(web: Web) -> str:
    """What Prometheus reads on this machine."""
    return web.ask("/metrics", Host="127.0.0.1")[2].decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_two_processes_are_read_as_one(
    both: list[Web], member: Callable[..., Member], client_of: Callable[[Member], Client]
) -> None:
    session = client_of(member()).cookies["sessionid"].value
    for web, times in zip(both, (3, 4), strict=True):
        for _turn in range(times):
            assert web.ask("/report/", session=session)[0] == 200
        web.ask("/incidents/INC-1/", session=session)
    # An answer is counted once its last byte has left.
    assert wait_for(lambda: 'route="/incidents/<label:number>/",status="4xx"} 2.0' in figures(both[0]))
    told = figures(both[0])
    assert 'stillwater_requests_total{method="GET",route="/report/",status="2xx"} 7.0' in told
    assert wait_for(lambda: "stillwater_requests_in_flight 1.0" in figures_at_rest(both[0]))
    assert 'stillwater_request_seconds_count{route="/report/"} 7.0' in told
    assert "stillwater_database_connections_busy" in told
    assert "pid=" not in told
    both[1].stop()
    assert 'route="/report/",status="2xx"} 7.0' in figures(both[0])


def test_what_the_dead_said_of_their_present_is_dropped(tmp_path: Path) -> None:
    alive, dead, counted = (
        tmp_path / f"{name}.db" for name in (f"gauge_livesum_{os.getpid()}", "gauge_livesum_4194300", "counter_4194300")
    )
    for file in (alive, dead, counted):
        file.touch()
    forget_the_dead(tmp_path)
    assert (alive.exists(), dead.exists(), counted.exists()) == (True, False, True)
