"""Waking the worker: at best soon, at worst not at all, and never at the expense of whoever asks."""

import os
import signal
import socket
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from pytest_django import Settings

from notifications import bell, nudge
from notifications.models import OutboxMessage
from tests.notifications.conftest import Broker
from tests.notifications.sink import free_port

Post = Callable[..., str]
MOST = 0.1


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it becomes true within the time."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def slow(seconds: list[float]) -> float:
    """The time within which nine of ten were done; the tenth belongs to whatever else the machine does."""
    return statistics.quantiles(seconds, n=10)[-1]


def threads() -> int:
    """How many threads ring, here and now."""
    return sum(thread.name == "nudge" for thread in threading.enumerate())


def test_a_nudge_reaches_the_broker(broker: Broker) -> None:
    nudge.ring()
    assert wait_for(lambda: broker.waiting() == 1)
    assert b"notifications.tasks.deliver" in broker.redis.lindex("celery", 0)


def test_many_nudges_at_once_are_few(broker: Broker) -> None:
    before = threads()
    for _ in range(500):
        nudge.ring()
    assert wait_for(lambda: broker.waiting() >= 1)
    time.sleep(3 * bell.GAP)
    assert broker.waiting() <= 3
    assert threads() == before + 1


def test_a_broker_that_comes_back_is_nudged_again(
    broker: Broker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "PAUSE_AFTER_FAILURE", 0.1)
    os.kill(broker.process.pid, signal.SIGSTOP)
    nudge.ring()
    time.sleep(bell.TIMEOUT + 0.3)
    os.kill(broker.process.pid, signal.SIGCONT)
    nudge.ring()
    assert wait_for(lambda: broker.waiting() >= 1)


def test_while_the_broker_is_away_it_is_asked_seldom(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        nudge.bell.forget()
        deaf.settimeout(5)
        nudge.ring()
        deaf.accept()[0].close()
        deaf.settimeout(2 * bell.GAP)
        tried = 0
        for _ in range(20):
            nudge.ring()
            with suppress(TimeoutError):
                deaf.accept()[0].close()
                tried += 1
        assert tried <= 4  # the client may try once more, and so may a thread that an earlier test left


@pytest.mark.parametrize("state", ["refused", "frozen", "deaf", "nowhere"])
@pytest.mark.django_db(transaction=True)
def test_no_state_of_the_broker_fails_or_slows_a_commit(
    state: str,
    broker: Broker,
    settings: Settings,
    post: Post,
    row: Callable[[str], OutboxMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Commits while the thread tries much more often than it would, against commits without a bell."""
    monkeypatch.setattr(bell, "PAUSE_AFTER_FAILURE", 0.1)
    with monkeypatch.context() as silent:
        silent.setattr(nudge, "ring", lambda: None)
        usual = [_seconds(post) for _ in range(40)]
    listener = socket.create_server(("127.0.0.1", 0), backlog=1)
    if state == "refused":
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    elif state == "frozen":
        os.kill(broker.process.pid, signal.SIGSTOP)
    elif state == "deaf":
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    else:
        settings.CELERY_BROKER_URL = "redis://192.0.2.1:6379/0"
    nudge.bell.forget()
    taken = [_seconds(post) for _ in range(40)]
    listener.close()
    assert slow(taken) - slow(usual) < MOST, (usual, taken)
    assert row(post()).state == "pending"


def _seconds(post: Post) -> float:
    started = time.monotonic()
    post()
    return time.monotonic() - started


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_a_bell_of_its_own(broker: Broker) -> None:
    nudge.ring()
    assert wait_for(lambda: broker.waiting() == 1)
    child = os.fork()
    if not child:
        nudge.ring()
        time.sleep(1)
        os._exit(0 if threads() == 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert wait_for(lambda: broker.waiting() >= 2)
