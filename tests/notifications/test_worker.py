"""With a real worker process: from commit to mailbox within a breath, and by the sweep when nobody was nudged."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from notifications import nudge
from notifications.models import OutboxMessage
from tests.notifications.conftest import Broker, worker_environment
from tests.notifications.sink import Sink, free_port
from tests.notifications.test_nudge import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Start = Callable[..., None]
WORKER = ("worker", "--pool=threads", "--concurrency=2", "--loglevel=INFO", "--without-mingle")


@pytest.fixture
def celery(broker: Broker, sink: Sink, settings: Settings, tmp_path: Path) -> Iterator[Start]:
    """Start Celery as the product does: ``celery("worker", ...)``."""
    started: list[subprocess.Popen[bytes]] = []
    environment = worker_environment(settings) | {"REDIS_URL": broker.url}

    def start(*arguments: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "config.celery", *arguments]
        with (tmp_path / f"{arguments[0]}.log").open("wb") as log:
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_nudge_brings_the_mail_without_the_sweep(
    celery: Start, broker: Broker, sink: Sink, post: Callable[..., str], row: Callable[[str], OutboxMessage]
) -> None:
    nudge.ring()
    assert wait_for(lambda: broker.waiting() == 1)
    celery(*WORKER)
    assert wait_for(lambda: broker.waiting() == 0, 60)
    dedupes = [post() for _ in range(3)]
    assert wait_for(lambda: len(sink.kept) == 3, 30)
    assert wait_for(lambda: all(row(dedupe).state == "sent" for dedupe in dedupes))


def test_the_sweep_brings_what_nobody_was_nudged_for(
    celery: Start,
    broker: Broker,
    sink: Sink,
    settings: Settings,
    post: Callable[..., str],
    row: Callable[[str], OutboxMessage],
) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    nudge.bell.forget()
    dedupe = post()
    celery(*WORKER)
    celery("beat", "--scheduler", "celery.beat:Scheduler")
    assert wait_for(lambda: len(sink.kept) == 1, 60)
    assert wait_for(lambda: row(dedupe).state == "sent")
