"""A claim holds for as long as its process lives, however slow the mail server and however shaky the database."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from notifications import delivery, leases
from notifications.models import OutboxMessage
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., str]
Row = Callable[..., OutboxMessage]
CUT_OFF = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
"""


@pytest.fixture
def beside() -> Callable[[], threading.Thread]:
    """Deliver in a thread, on a connection of its own."""

    def work() -> None:
        try:
            delivery.deliver_due()
        finally:
            connection.close()

    def begin() -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    return begin


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE", timedelta(seconds=0.8))
    monkeypatch.setattr(leases, "RENEWED_EVERY", 0.2)


@pytest.mark.usefixtures("short")
def test_nobody_else_gets_what_is_still_on_its_way(
    sink: Sink, post: Post, row: Row, beside: Callable[[], threading.Thread]
) -> None:
    sink.takes = 1.2
    dedupes = [post(), post()]
    sending = beside()
    while sending.is_alive():
        time.sleep(0.1)
        delivery.deliver_due()
    assert sorted(sink.ids) == sorted(row(dedupe).message_id for dedupe in dedupes)
    assert [(row(dedupe).state, row(dedupe).attempts) for dedupe in dedupes] == [("sent", 1)] * 2


@pytest.mark.usefixtures("short")
def test_what_nobody_renews_is_free_again(sink: Sink, post: Post, row: Row) -> None:
    dedupe = post()
    (held,) = delivery._claim(row(dedupe).home_id)
    with leases.kept([held]):
        time.sleep(1.2)
        delivery.deliver_due()
        assert sink.kept == []
    time.sleep(1.2)
    delivery.deliver_due()
    assert sink.ids == [held.message_id]


def test_a_database_that_is_away_for_a_moment_costs_no_copy(
    sink: Sink, post: Post, row: Row, beside: Callable[[], threading.Thread]
) -> None:
    sink.takes = 0.6
    dedupe = post()
    sending = beside()
    time.sleep(0.3)
    with connection.cursor() as cursor:
        cursor.execute(CUT_OFF)
        assert cursor.fetchall()
    sending.join(20)
    assert (row(dedupe).state, row(dedupe).attempts, len(sink.kept)) == ("sent", 1, 1)
