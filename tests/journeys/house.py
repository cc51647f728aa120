"""Everything that runs in real life, on this worker's database: web, worker, beat, broker and a mail catcher."""

import http.client
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from config.dev.mailbox import Letter
from config.launcher import broker
from config.launcher.memory import free_port, is_answering
from config.launcher.places import ROOT
from config.launcher.processes import Process, end, spawn

PATIENCE = 40.0
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found | None], what: str, patience: float = PATIENCE) -> Found:
    """Look until something is there."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{what} did not come within {patience:.0f} s")


@dataclass(frozen=True)
class Post:
    """The folder of the mail catcher."""

    folder: Path

    def empty(self) -> None:
        """Forget what came so far."""
        for path in self.folder.glob("*.eml"):
            path.unlink()

    def letters(self, to: str, subject: str = "") -> list[Letter]:
        """What has come to this address, the oldest first."""
        found = [Letter(path) for path in sorted(self.folder.glob("*.eml"))]
        return [letter for letter in found if to in letter.to and subject in letter.subject]

    def next(self, to: str, subject: str, nth: int = 1) -> Letter:
        """Wait for the nth mail to this address with these words in its subject."""
        what = f"mail {nth} to {to} with “{subject}”"
        return wait_for(lambda: self.letters(to, subject)[nth - 1 : nth], what)[0]


def link_in(letter: Letter, purpose: str) -> str:
    """The address in a mail that leads to this page; the HTML has the same."""
    (found,) = {link for link in letter.links if f"/{purpose}/" in urlsplit(link).path}
    assert found in letter.html.replace("&amp;", "&")
    return found


@dataclass(frozen=True)
class House:
    """A running Stillwater."""

    port: int
    post: Post
    logs: Path
    broker: int
    """The broker's process."""
    broker_url: str

    def address(self, organisation: str, path: str = "/") -> str:
        """Where an organisation's page is."""
        return f"http://{organisation}.localhost:{self.port}{path}"

    def complaints(self) -> str:
        """What the processes wrote of errors."""
        logs = {path.name: path.read_text() for path in self.logs.glob("*.log")}
        found = re.compile(r"^.*(?:Traceback|\bERROR\b|\bCRITICAL\b).*$", re.MULTILINE)
        return "\n".join(f"{name}: {line}" for name, text in logs.items() for line in found.findall(text))


@contextmanager
def open_house(folder: Path) -> Iterator[House]:
    """Start everything, and end it again."""
    for name in ("log", "mail", "files"):
        (folder / name).mkdir()
    mail_port, broker_port = free_port(), free_port()
    started: list[Process] = [broker.start(broker_port, folder, folder / "log")]
    house = House(
        free_port(), Post(folder / "mail"), folder / "log", started[0].pid, f"redis://127.0.0.1:{broker_port}/0"
    )
    with _environment(
        DJANGO_SETTINGS_MODULE="tests.journeys.settings",
        DATABASE_URL=_database_url(),
        REDIS_URL=house.broker_url,
        EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
        FILES_ROOT=str(folder / "files"),
        MAILBOX_DIR=str(house.post.folder),
        PUBLIC_PORT=str(house.port),
        # Here a day passes in a minute: nobody waits for the end of a burst.
        BURST_SECONDS="0.01",
        PYTHONPATH=str(ROOT),
    ):
        started += [
            _module(house, "mail", "config.mailcatcher", "--port", mail_port, "--folder", house.post.folder),
            _module(house, "web", "uvicorn", "config.asgi:application", "--port", house.port),
            _celery(house, "worker", "--pool=threads", "--concurrency=2", "--without-gossip", "--without-mingle"),
            _celery(house, "beat", "--scheduler", "celery.beat:Scheduler"),
        ]
    try:
        wait_for(lambda: _is_open(house.port) and is_answering(mail_port), f"the house (see {house.logs})")
        yield house
    finally:
        end(started[1:])
        end(started[:1], signal.SIGKILL)


def _database_url() -> str:
    """The address of this test run's own database, as the app's role."""
    return urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _module(house: House, name: str, *command: object) -> Process:
    return spawn(name, [sys.executable, "-m", *map(str, command)], logs=house.logs)


def _celery(house: House, name: str, *options: str) -> Process:
    return _module(house, name, "celery", "-A", "config.celery", name, *options)


def _is_open(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.request("GET", "/health/ready")
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
