"""A broker that is full for a while makes things slower; it ends no worker."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.celery import app as celery
from tests.config.processes import Worker
from tests.notifications.conftest import Broker
from tests.notifications.test_nudge import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def own_broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    yield broker
    broker.end()


def test_a_full_broker_ends_no_worker_that_starts(tmp_path: Path, own_broker: Broker) -> None:
    own_broker.redis.config_set("maxmemory-policy", "noeviction")
    own_broker.redis.config_set("maxmemory", "1")
    has_room = threading.Timer(12, own_broker.redis.config_set, ["maxmemory", "0"])
    has_room.start()
    worker = Worker(tmp_path / "worker.log", REDIS_URL=own_broker.url)  # waits until it is ready
    has_room.join()
    with celery.connection_for_write(own_broker.url) as line:
        celery.send_task("tenancy.tasks.tick", connection=line)
    is_done = wait_for(lambda: bool(worker.events("task", task="tenancy.tasks.tick")), 30)
    worker.stop()
    assert is_done, worker.said
