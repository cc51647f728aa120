"""`manage.py tick`, as a process: it needs no broker, outlives its database, and says that all is well while it is."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from config import deadman, ticking
from notifications.models import OutboxMessage
from notifications.outbox import Recipient, post
from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.gate import Gate
from tests.config.processes import Running, environment
from tests.notifications.conftest import FACTS
from tests.notifications.sink import Sink, free_port, serve
from tests.notifications.test_nudge import wait_for

Post = Callable[[str], None]


@pytest.fixture
def promise(harbour: Organisation) -> Post:
    def make(dedupe: str) -> None:
        with bound(harbour.id):
            to = Recipient("ada@people.example", "Ada Marsh")
            post(kind="incident_reported", to=to, facts=FACTS, dedupe=dedupe, thread="x", at=clock.now())

    return make


def state(harbour: Organisation, dedupe: str) -> str:
    with bound(harbour.id):
        return str(OutboxMessage.objects.values_list("state", flat=True).get(dedupe=dedupe))


class Elsewhere:
    """Who waits for pings; ``asked`` are the addresses that were asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                here.asked.append(self.path)
                self.send_response(here.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    place = Elsewhere()
    yield place
    place.server.shutdown()
    place.server.server_close()


@pytest.fixture
def mails() -> Iterator[tuple[Sink, str]]:
    sink, port = Sink(), free_port()
    controller = serve(sink, port)
    yield sink, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_without_a_broker_and_through_a_fall_of_the_database(
    tmp_path: Path, harbour: Organisation, promise: Post, mails: tuple[Sink, str], elsewhere: Elsewhere
) -> None:
    own = urlsplit(environment()["DATABASE_URL"])
    gate = Gate(own.hostname or "", own.port or 5432)
    through = own._replace(netloc=f"{own.username}:{own.password}@127.0.0.1:{gate.port}").geturl()
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    tick = Running(
        tmp_path / "tick.log",
        "django",
        "tick",
        DATABASE_URL=through,
        REDIS_URL=nowhere,
        EMAIL_URL=mails[1],
        DEADMAN_URL=f"{elsewhere.url}/well?token=x",
    )
    try:
        tick.wait_for('"ticking"')
        promise("first")
        assert wait_for(lambda: state(harbour, "first") == "sent", 10)
        assert wait_for(lambda: elsewhere.asked == ["/well?token=x"], 10)
        gate.close()
        tick.wait_for("failed, and is tried again")
        promise("second")
        time.sleep(3)
        gate.open()
        began = time.monotonic()
        assert wait_for(lambda: state(harbour, "second") == "sent", 15)
        assert time.monotonic() - began < 8
        assert tick.stop(signal.SIGTERM, 10) == 0
        assert tick.events("ticking ended")
        assert "token=x" not in tick.said
    finally:
        tick.stop(signal.SIGKILL)
        gate.end()


@pytest.mark.django_db
def test_no_ping_while_something_is_wrong(harbour: Organisation, elsewhere: Elsewhere, settings: Any) -> None:
    settings.DEADMAN_URL = elsewhere.url
    loop = ticking.Ticking()
    loop._ping()
    assert elsewhere.asked == ["/"]
    with bound(harbour.id):
        late = clock.now() - timedelta(seconds=60)
        post(kind="x", to=Recipient("a@people.example"), facts={}, dedupe="x", thread="", at=late)
    loop._ping()
    with bound(harbour.id):
        OutboxMessage.objects.update(state="sent")
    loop.ticked_at -= ticking.STUCK_AFTER + 1
    loop._ping()
    assert elsewhere.asked == ["/"]


def test_a_ping_that_fails_is_no_trouble(elsewhere: Elsewhere) -> None:
    elsewhere.status = 503
    assert not deadman.ping(elsewhere.url)
    assert not deadman.ping(f"http://127.0.0.1:{free_port()}/x")
    elsewhere.status = 204
    assert deadman.ping(elsewhere.url)
