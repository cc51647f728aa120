"""Over a real server: what a failed request wrote is gone, whichever way it failed."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import uvicorn
from django.test import Client
from django.urls import clear_url_caches

from config import handler
from tenancy.members import Member
from tests import database
from tests.architecture import urls

pytestmark = pytest.mark.django_db(transaction=True)
CSRF = "k" * 32


@pytest.fixture
def server(settings: Any, transactional_db: None) -> Iterator[int]:
    """Uvicorn on a free port, as in production; gives the port."""
    settings.ROOT_URLCONF = "tests.architecture.urls"
    clear_url_caches()
    running = uvicorn.Server(uvicorn.Config(handler.make(), port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(10)
    clear_url_caches()


def ask(port: int, address: str, fields: dict[str, str] | None = None, session: str = "") -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {
        "Host": "harbour.testserver",
        "Cookie": f"csrftoken={CSRF}; sessionid={session}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    line.request("POST" if fields else "GET", address, urlencode(fields) if fields else None, headers)
    status = line.getresponse().status
    line.close()
    return status


def rows() -> list[str]:
    with database.owner() as owner:
        return [name for (name,) in owner.execute("SELECT name FROM tenancy_team").fetchall()]


def test_what_a_good_request_wrote_stays(server: int) -> None:
    assert ask(server, "/test/works/") == 200
    assert rows() == ["Stays"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/test/raises/", 500),
        ("/test/finds-nothing/", 404),
        ("/test/denies/", 403),
        ("/test/answers-503/", 503),
        ("/test/breaks-at-commit/", 500),
        ("/test/refuses/", 422),
    ],
)
def test_what_a_failed_request_wrote_is_gone(address: str, status: int, server: int) -> None:
    assert ask(server, address) == status
    assert rows() == []
    assert ask(server, "/test/works/") == 200
    assert rows() == ["Stays"]


def test_what_a_failed_request_promised_for_after_the_commit_is_not_done(server: int) -> None:
    urls.PROMISED.clear()
    assert ask(server, "/test/raises/") == 500
    assert ask(server, "/test/works/") == 200
    assert urls.PROMISED == ["works"]


def test_what_a_failed_save_in_the_desk_wrote_is_gone(
    server: int,
    member: Callable[..., Member],
    client_of: Callable[[Member], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = client_of(member("administrator")).cookies["sessionid"].value
    typed = {"name": "Network", "is_active": "on", "seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}

    def fail(*args: object, **kwargs: object) -> None:
        assert rows() == []
        raise RuntimeError("the trail is full")

    with monkeypatch.context() as patched:
        patched.setattr("tenancy.trail.record", fail)
        assert ask(server, "/desk/tenancy/team/add/", typed, session) == 500
    assert rows() == []
    assert ask(server, "/desk/tenancy/team/add/", typed, session) == 302
    assert rows() == ["Network"]
