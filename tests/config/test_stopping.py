"""Asked to end, the processes finish what they began: no answer is cut off, no mail is lost or sent twice."""

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from config.celery import app as celery
from notifications.models import OutboxMessage
from notifications.outbox import Recipient, post
from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.processes import Running, Web, Worker, environment
from tests.notifications.conftest import FACTS
from tests.notifications.sink import Sink, free_port, serve
from tests.notifications.test_nudge import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def slow_visit(web: Web, seconds: float, answers: list[object]) -> threading.Thread:
    """Ask for something that takes its time, and wait until it is being answered."""

    def ask() -> None:
        try:
            answers.append(web.ask(f"/test/slow/?for={seconds}")[::2])
        except OSError as error:
            answers.append(error)

    visit = threading.Thread(target=ask)
    visit.start()
    time.sleep(0.7)
    return visit


def test_an_answer_that_was_begun_is_finished_and_none_is_begun_anew(tmp_path: Path, harbour: Organisation) -> None:
    web = Web(tmp_path / "web.log")
    answers: list[object] = []
    visit = slow_visit(web, 2.5, answers)
    web.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert web.process.poll() is None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", web.port), timeout=2).close()
    visit.join(20)
    assert answers == [(200, b"all of it")]
    assert web.stop() in (0, -signal.SIGTERM)
    assert [one["status"] for one in web.events("request")] == [200]


def test_what_takes_too_long_is_given_up_in_time(tmp_path: Path, harbour: Organisation) -> None:
    web = Web(tmp_path / "web.log", graceful=1)
    answers: list[object] = []
    visit = slow_visit(web, 6, answers)
    began = time.monotonic()
    web.process.send_signal(signal.SIGTERM)
    visit.join(20)
    web.stop()
    assert answers != [(200, b"all of it")]
    assert time.monotonic() - began < 9


class Mails:
    """A mail server, and its address."""

    def __init__(self) -> None:
        self.sink, port = Sink(), free_port()
        self.url = f"smtp://127.0.0.1:{port}"
        self.controller = serve(self.sink, port)


@pytest.fixture
def mails() -> Iterator[Mails]:
    mails = Mails()
    yield mails
    mails.controller.stop()


def ask_to_deliver() -> None:
    """Wake whichever worker listens."""
    with celery.connection_for_write(environment()["REDIS_URL"]) as line:
        celery.send_task("notifications.tasks.deliver", connection=line)


@pytest.fixture
def promised(harbour: Organisation) -> Callable[[int], None]:
    def make(count: int) -> None:
        with bound(harbour.id):
            for number in range(count):
                to = Recipient(f"ada{number}@people.example", "Ada Marsh")
                post(kind="incident_reported", to=to, facts=FACTS, dedupe=f"{number}", thread="x", at=clock.now())

    return make


def states(harbour: Organisation) -> list[str]:
    with bound(harbour.id):
        return sorted(OutboxMessage.objects.values_list("state", flat=True))


def test_the_mail_on_its_way_is_finished_and_the_others_go_back(
    tmp_path: Path, harbour: Organisation, promised: Callable[[int], None], mails: Mails
) -> None:
    mails.sink.takes = 1.5
    promised(4)
    first = Worker(tmp_path / "first.log", EMAIL_URL=mails.url)
    ask_to_deliver()
    assert wait_for(lambda: "sending" in states(harbour), 20)
    time.sleep(0.5)
    assert first.stop(patience=15) == 0
    sent = len(mails.sink.kept)
    assert 1 <= sent <= 2
    assert states(harbour) == ["pending"] * (4 - sent) + ["sent"] * sent
    assert not first.events("message given up")
    mails.sink.takes = 0
    second = Worker(tmp_path / "second.log", EMAIL_URL=mails.url)
    ask_to_deliver()
    assert wait_for(lambda: states(harbour) == ["sent"] * 4, 20)
    second.stop()
    assert len(mails.sink.ids) == len(set(mails.sink.ids)) == 4


def test_beat_ends_when_it_is_asked_to(tmp_path: Path, transactional_db: None) -> None:
    scheduler = ["--scheduler", "celery.beat:Scheduler"]
    beat = Running(tmp_path / "beat.log", "celery", "--quiet", "-A", "config.celery", "beat", *scheduler)
    with redis.Redis.from_url(environment()["REDIS_URL"]) as queue:
        assert wait_for(lambda: queue.llen("celery") > 0, 40)
        queue.delete("celery")
    began = time.monotonic()
    assert beat.stop() in (0, -signal.SIGTERM)
    assert time.monotonic() - began < 6
    assert "Traceback" not in beat.said
