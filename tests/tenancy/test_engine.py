"""The engine's turns: everybody gets theirs, whoever else has a heap of work, fails, or is slow."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError

from notifications.models import OutboxMessage
from notifications.outbox import Letter, Recipient, post_all
from tenancy import clock, engine, tasks
from tenancy.engine import Work
from tenancy.models import Host, Organisation
from tenancy.wall import bound

pytestmark = pytest.mark.django_db
turns: list[tuple[int, int]] = []
trouble: dict[int, Exception] = {}


def _attend(organisation_id: int) -> int:
    if organisation_id in trouble:
        turns.append((organisation_id, -1))
        raise trouble[organisation_id]
    with bound(organisation_id):
        due = OutboxMessage.objects.due().order_by("due_at", "id").select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[: engine.BATCH])
        OutboxMessage.objects.filter(pk__in=ids).update(state=OutboxMessage.State.SENT)
    turns.append((organisation_id, len(ids)))
    return len(ids)


WORK = Work("messages", "organisations_with_due_mail", "outbox_figures", _attend)


@pytest.fixture(autouse=True)
def only_this_work(settings: Any) -> Iterator[None]:
    settings.DUE_WORK = [f"{__name__}.WORK"]
    turns.clear()
    trouble.clear()
    yield
    engine.stopping.clear()


@pytest.fixture
def heap(harbour: Organisation) -> Callable[[Organisation, int], None]:
    """Let so many rows of an organisation be due."""

    def make(organisation: Organisation, count: int) -> None:
        with bound(organisation.id):
            facts = {"kind": "x", "to": Recipient("a@people.example"), "facts": {}, "thread": "", "at": clock.now()}
            post_all([Letter(dedupe=f"d{n}", **facts) for n in range(count)], Host.objects.canonical())

    return make


def test_a_heap_of_one_is_no_wait_for_another(
    heap: Callable[[Organisation, int], None], harbour: Organisation, quill: Organisation
) -> None:
    heap(harbour, 230)
    heap(quill, 60)
    assert engine.tick() == 290
    assert turns[:4] == [(harbour.id, 50), (quill.id, 50), (harbour.id, 50), (quill.id, 10)]
    assert [taken for who, taken in turns if who == harbour.id] == [50, 50, 50, 50, 30]


def test_the_trouble_of_one_is_not_anothers(
    heap: Callable[[Organisation, int], None], harbour: Organisation, quill: Organisation
) -> None:
    heap(harbour, 120)
    heap(quill, 120)
    trouble[harbour.id] = ValueError("a row made of nonsense")
    assert engine.tick() == 120
    assert turns.count((harbour.id, -1)) == 1, "and it is not asked again in the same tick"


def test_a_tick_ends_in_time_and_the_next_one_goes_on(
    heap: Callable[[Organisation, int], None], harbour: Organisation
) -> None:
    heap(harbour, 120)
    assert engine.tick(lasting=0) == 0
    assert engine.tick() == 120


def test_asked_to_end_it_begins_no_other_batch(
    heap: Callable[[Organisation, int], None], harbour: Organisation
) -> None:
    heap(harbour, 120)
    engine.stopping.set()
    assert engine.tick() == 0


def test_without_a_database_it_says_so_and_the_task_does_not_fail(
    heap: Callable[[Organisation, int], None], harbour: Organisation
) -> None:
    heap(harbour, 1)
    trouble[harbour.id] = OperationalError("the server closed the connection unexpectedly")
    with pytest.raises(engine.Unreachable):
        engine.tick()
    tasks.tick()


def test_one_tick_at_a_time_in_a_process(heap: Callable[[Organisation, int], None], harbour: Organisation) -> None:
    heap(harbour, 1)
    inside: list[int] = []
    trouble[harbour.id] = ValueError("x")

    class Nested(ValueError):
        def __str__(self) -> str:
            inside.append(engine.tick())
            return "nested"

    trouble[harbour.id] = Nested()
    engine.tick()
    assert set(inside) == {0}
    trouble.clear()
    assert engine.tick() == 1


def test_a_loop_goes_on_whatever_fails() -> None:
    stopping, done = threading.Event(), []

    def act() -> None:
        done.append(time.monotonic())
        if len(done) < 3:
            raise OperationalError("gone")
        stopping.set()

    engine.keep_doing("test", act, every=0.05, stopping=stopping)
    assert len(done) == 3
    assert 0.09 < done[2] - done[0] < 2
