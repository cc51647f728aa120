"""From the outbox to the SMTP server: nothing lost, nothing twice without need, one bad message alone."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from notifications import delivery
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import bound
from tests import database
from tests.notifications.conftest import worker_environment
from tests.notifications.sink import Sink, serve

pytestmark = pytest.mark.django_db(transaction=True)

Post = Callable[..., str]
Row = Callable[..., OutboxMessage]
Change = Callable[..., None]
PAST = timedelta(minutes=10)


def test_a_due_message_is_sent_once(sink: Sink, post: Post, row: Row) -> None:
    dedupe = post()
    delivery.deliver_due()
    delivery.deliver_due()
    message = row(dedupe)
    assert sink.ids == [message.message_id]
    assert (message.state, message.attempts, message.last_error, message.lease_until) == ("sent", 1, "", None)
    assert message.sent_at
    assert message.sent_at <= clock.now()


def test_a_later_message_waits(sink: Sink, post: Post, row: Row) -> None:
    dedupe = post(ago=-PAST)
    delivery.deliver_due()
    assert sink.kept == []
    assert row(dedupe).state == "pending"


def test_the_oldest_goes_first_over_one_line(sink: Sink, post: Post) -> None:
    for minutes in (1, 9, 5):
        post(f"m{minutes}@people.example", ago=timedelta(minutes=minutes))
    delivery.deliver_due()
    assert [to for _, to in sink.envelopes] == [["m9@people.example"], ["m5@people.example"], ["m1@people.example"]]
    assert sink.connections == 1


def test_more_than_a_batch_is_sent_in_one_go(sink: Sink, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 3)
    for _ in range(8):
        post()
    delivery.deliver_due()
    assert len(sink.ids) == len(set(sink.ids)) == 8


def test_the_round_goes_to_every_organisation(sink: Sink, post: Post, quill: Organisation, row: Row) -> None:
    post("ada@harbour.example")
    post("ada@quill.example", organisation=quill)
    delivery.deliver_due()
    assert "Harbour" in str(sink.mail_to("ada@harbour.example")["From"])
    assert "Quill" in str(sink.mail_to("ada@quill.example")["From"])


def test_the_list_of_organisations_tells_nothing_else(harbour: Organisation, quill: Organisation, post: Post) -> None:
    assert delivery._organisations_with_due_mail() == []
    post(organisation=quill)
    post()
    post(ago=PAST)
    assert delivery._organisations_with_due_mail() == [harbour.id, quill.id]
    with database.owner() as owner:
        owner.execute("UPDATE tenancy_organisation SET is_active = false WHERE id = %s", [quill.id])
    assert delivery._organisations_with_due_mail() == [harbour.id]


def test_two_workers_never_send_the_same(sink: Sink, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH", 20)  # enough for both
    sink.takes = 0.01
    for _ in range(60):
        post()
    start = threading.Barrier(3)

    def work() -> None:
        start.wait()
        _work()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    start.wait()
    for worker in workers:
        worker.join(30)
    assert len(sink.ids) == len(set(sink.ids)) == 60
    assert sink.connections >= 2


def test_no_transaction_stays_open_while_the_server_thinks(sink: Sink, post: Post) -> None:
    sink.takes = 0.5
    post()
    worker = threading.Thread(target=_work)
    worker.start()
    time.sleep(0.25)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT state FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
        states = cursor.fetchall()
    worker.join(10)
    assert states == [("idle",)]
    assert len(sink.kept) == 1


def _work() -> None:
    """Deliver in a thread, on a connection of its own."""
    try:
        delivery.deliver_due()
    finally:
        connection.close()


def _worker(settings: Settings) -> subprocess.Popen[bytes]:
    """A process that delivers once."""
    sweep = "import django; django.setup(); from notifications.tasks import sweep; sweep()"
    return subprocess.Popen([sys.executable, "-c", sweep], env=worker_environment(settings))


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestDyingWorkers:
    """A lease stands for the life of a worker."""

    def test_what_a_dead_worker_held_is_sent_by_another(
        self, harbour: Organisation, sink: Sink, post: Post, row: Row, change: Change
    ) -> None:
        dedupe = post()
        assert [message.dedupe for message in delivery._claim(harbour.id)] == [dedupe]
        delivery.deliver_due()
        assert sink.kept == []
        assert row(dedupe).state == "sending"
        change(dedupe, lease_until=clock.now())
        delivery.deliver_due()
        assert sink.ids == [row(dedupe).message_id]
        assert (row(dedupe).state, row(dedupe).attempts) == ("sent", 2)

    def test_a_worker_that_is_killed_while_sending_loses_nothing(
        self, sink: Sink, settings: Settings, post: Post, row: Row, change: Change
    ) -> None:
        sink.takes = 0.3
        dedupes = [post() for _ in range(4)]
        worker = _worker(settings)
        _wait_for(lambda: len(sink.kept) >= 2)
        worker.kill()
        worker.wait()
        assert [row(dedupe).state for dedupe in dedupes].count("sending") >= 2
        sink.takes = 0
        for dedupe in dedupes:
            change(dedupe, lease_until=None)
        delivery.deliver_due()
        assert [row(dedupe).state for dedupe in dedupes] == ["sent"] * 4
        assert set(sink.ids) == {row(dedupe).message_id for dedupe in dedupes}
        assert len(sink.ids) <= 5

    def test_a_late_worker_does_not_speak_for_the_message_any_more(
        self, harbour: Organisation, sink: Sink, post: Post, row: Row, change: Change
    ) -> None:
        dedupe = post()
        (held,) = delivery._claim(harbour.id)
        change(dedupe, lease_until=clock.now())
        delivery.deliver_due()
        delivery._give_up(held, "woke up too late")
        delivery._hand_back([held])
        assert (row(dedupe).state, row(dedupe).last_error) == ("sent", "")

    def test_a_slow_batch_is_handed_back_before_its_lease_ends(
        self, sink: Sink, post: Post, row: Row, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(delivery, "SENDING_FOR", 0.1)
        monkeypatch.setattr(delivery, "ROUND_FOR", 0.1)
        sink.takes = 0.15
        first, second = post(ago=PAST), post()
        delivery.deliver_due()
        assert row(first).state == "sent"
        assert (row(second).state, row(second).attempts, row(second).lease_until) == ("pending", 0, None)
        delivery.deliver_due()
        assert row(second).state == "sent"
        assert len(sink.ids) == 2


class TestTheLine:
    """The SMTP server is away, frozen, or cuts the line."""

    def test_an_unreachable_server_counts_against_no_message(
        self, smtp: None, settings: Settings, post: Post, row: Row
    ) -> None:
        dedupes = [post(), post()]
        for _ in range(3):
            delivery.deliver_due()
        for message in map(row, dedupes):
            assert (message.state, message.attempts) == ("pending", 0)
            assert "refused" in message.last_error.lower()
        sink = Sink()
        controller = serve(sink, settings.EMAIL_PORT)
        delivery.deliver_due()
        controller.stop()
        assert len(sink.kept) == 2
        assert [(row(dedupe).state, row(dedupe).last_error) for dedupe in dedupes] == [("sent", "")] * 2

    def test_a_frozen_server_costs_one_timeout(self, smtp: None, settings: Settings, post: Post, row: Row) -> None:
        settings.EMAIL_TIMEOUT = 0.3
        dedupes = [post(), post(), post()]
        with socket.create_server(("127.0.0.1", settings.EMAIL_PORT)):
            started = time.monotonic()
            delivery.deliver_due()
            assert time.monotonic() - started < 1
        assert [(row(dedupe).state, row(dedupe).attempts) for dedupe in dedupes] == [("pending", 0)] * 3

    def test_a_line_cut_after_data_sends_a_copy_under_the_same_id(
        self, sink: Sink, post: Post, row: Row, change: Change
    ) -> None:
        sink.hangs_up = 1
        first, second = post(ago=PAST), post()
        delivery.deliver_due()
        assert (row(first).state, row(first).attempts) == ("pending", 1)
        assert row(first).due_at > clock.now()
        assert (row(second).state, row(second).attempts) == ("pending", 0)
        change(first, due_at=clock.now() - PAST)
        delivery.deliver_due()
        assert sink.ids == [row(first).message_id, row(first).message_id, row(second).message_id]
        assert row(first).state == row(second).state == "sent"

    def test_a_server_that_freezes_at_data_is_left_after_the_timeout(
        self, sink: Sink, settings: Settings, post: Post, row: Row
    ) -> None:
        settings.EMAIL_TIMEOUT = 0.3
        sink.takes = 1.5
        first, second = post(ago=PAST), post()
        started = time.monotonic()
        delivery.deliver_due()
        assert time.monotonic() - started < 1.2
        assert (row(first).state, row(first).attempts) == ("pending", 1)
        assert (row(second).state, row(second).attempts) == ("pending", 0)


class TestRefusals:
    """The server speaks about one message."""

    def test_an_unknown_address_is_given_up(self, sink: Sink, post: Post, row: Row) -> None:
        sink.refuses["gone@people.example"] = "550 5.1.1 No such user"
        gone, fine = post("gone@people.example", ago=PAST), post("ada@people.example")
        delivery.deliver_due()
        assert (row(gone).state, row(gone).last_error) == ("failed", "550 5.1.1 No such user")
        assert row(fine).state == "sent"
        assert sink.connections == 1

    @pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "554 5.7.1 Relay access denied"])
    def test_what_may_pass_is_tried_later(self, sink: Sink, post: Post, row: Row, change: Change, answer: str) -> None:
        sink.refuses["ada@people.example"] = answer
        dedupe = post()
        delivery.deliver_due()
        message = row(dedupe)
        assert (message.state, message.attempts) == ("pending", 1)
        assert answer in message.last_error
        sink.refuses.clear()
        change(dedupe, due_at=clock.now())
        delivery.deliver_due()
        assert row(dedupe).state == "sent"

    def test_what_the_server_answers_is_kept_as_one_harmless_line(self, sink: Sink, post: Post, row: Row) -> None:
        sink.refuses["ada@people.example"] = "550 5.1.1 No\x00 such \x1b[31muser\x07"
        dedupe = post()
        delivery.deliver_due()
        assert row(dedupe).state == "failed"
        assert row(dedupe).last_error == "550 5.1.1 No such [31muser"

    def test_pauses_grow_and_end(self, sink: Sink, post: Post, row: Row, change: Change) -> None:
        sink.answer = "451 4.3.0 Later"
        dedupe = post()
        pauses = []
        for _ in range(delivery.MAX_ATTEMPTS):
            change(dedupe, due_at=clock.now())
            delivery.deliver_due()
            pauses.append(round((row(dedupe).due_at - clock.now()).total_seconds()))
        assert (row(dedupe).state, row(dedupe).attempts) == ("failed", delivery.MAX_ATTEMPTS)
        assert pauses[:3] == [5, 10, 20]
        assert max(pauses) == delivery.LONGEST_PAUSE.total_seconds()
        assert pauses[:-1] == sorted(pauses[:-1])

    @pytest.mark.parametrize("address", ["a@b.example, evil@x.example", "no address", "a@b.example\nBcc: e@x.example"])
    def test_what_is_no_address_is_given_up_alone(self, sink: Sink, post: Post, row: Row, address: str) -> None:
        bad, fine = post(address, ago=PAST), post()
        delivery.deliver_due()
        assert row(bad).state == "failed"
        assert "address" in row(bad).last_error
        assert row(fine).state == "sent"
        assert [to for _, to in sink.envelopes] == [["ada@people.example"]]


def test_a_poisoned_message_fails_alone_and_is_seen(sink: Sink, post: Post, row: Row, change: Change) -> None:
    poisoned = post(kind="no_such_kind", ago=PAST)
    also = post(facts={"closes_at": "the day after tomorrow"}, kind="incident_resolved", ago=PAST)
    fine = [post(), post()]
    delivery.deliver_due()
    assert [row(dedupe).state for dedupe in fine] == ["sent", "sent"]
    assert "TemplateDoesNotExist" in row(poisoned).last_error
    assert "ValueError" in row(also).last_error
    assert (row(poisoned).state, row(poisoned).attempts) == ("pending", 1)
    change(poisoned, attempts=delivery.MAX_ATTEMPTS - 1, due_at=clock.now())
    delivery.deliver_due()
    assert row(poisoned).state == "failed"


@pytest.mark.parametrize("refusal", ["", "550 5.1.1 No such user"])
def test_a_secret_is_forgotten_once_it_is_sent_or_given_up(sink: Sink, post: Post, row: Row, refusal: str) -> None:
    if refusal:
        sink.refuses["ada@people.example"] = refusal
    facts = {"subject": "Your code", "body": "It is 123456."}
    dedupe = post(kind="account_message", facts=facts, forget=True)
    kept = post("ben@people.example", kind="account_message", facts=facts)
    delivery.deliver_due()
    assert row(dedupe).state == ("failed" if refusal else "sent")
    assert row(dedupe).facts == {}
    assert "123456" in str(row(kept).facts)


def test_a_secret_that_is_tried_later_is_kept_until_then(sink: Sink, post: Post, row: Row, change: Change) -> None:
    sink.answer = "451 4.3.0 Later"
    dedupe = post(kind="account_message", facts={"subject": "Your code", "body": "123456"}, forget=True)
    delivery.deliver_due()
    sink.answer = "250 OK"
    change(dedupe, due_at=clock.now())
    delivery.deliver_due()
    assert "123456" in sink.kept[0].get_body(("plain",)).get_content()
    assert row(dedupe).facts == {}


def test_rendering_looks_up_nothing(sink: Sink, post: Post, harbour: Organisation) -> None:
    """The organisation's rename comes too late for what has happened before."""
    post()
    with bound(harbour.id):
        Organisation.objects.filter(pk=harbour.id).update(name="Renamed")
    delivery.deliver_due()
    assert "Renamed" not in sink.kept[0].as_string()
