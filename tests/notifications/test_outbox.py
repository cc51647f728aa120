"""Posting: with the change that caused it or not at all, once, frozen, and behind the wall."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from notifications import outbox
from notifications.models import OutboxMessage
from notifications.outbox import Recipient
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Host, Membership, Organisation
from tenancy.wall import Unbound, bound
from tests import database

Post = Callable[..., str]
Row = Callable[..., OutboxMessage]


def test_a_message_holds_all_it_is_made_of(harbour: Organisation, post: Post, row: Row) -> None:
    message = row(post("ada@people.example", record="INC-1042", facts={"text": "Hello"}))
    assert (message.state, message.attempts, message.address) == ("pending", 0, "ada@people.example")
    assert message.facts["text"] == "Hello"
    assert message.facts["base"] == Host.objects.get(name="harbour.testserver").address
    assert message.facts["organisation"] == {
        "name": "Harbour",
        "colour": harbour.colour,
        "logo": "",
        "sender": harbour.sender_address,
        "host": "harbour.testserver",
    }
    assert message.created_at <= clock.now()


def test_the_message_id_tells_nothing(harbour: Organisation, post: Post, row: Row) -> None:
    message = row(post())
    name, _, host = message.message_id.strip("<>").partition("@")
    assert host == "harbour.testserver"
    assert len(name) == 32
    assert name.isalnum()


def test_posting_the_same_twice_is_one_message(harbour: Organisation, post: Post, row: Row) -> None:
    first = row(post(dedupe="incident:1:resolved"))
    post(dedupe="incident:1:resolved", facts={"text": "again"})
    assert row("incident:1:resolved").message_id == first.message_id
    assert "again" not in str(row("incident:1:resolved").facts)


def test_organisations_do_not_share_dedupe_keys(
    harbour: Organisation, quill: Organisation, post: Post, row: Row
) -> None:
    post(dedupe="same")
    post(dedupe="same", organisation=quill)
    assert row("same").message_id != row("same", quill).message_id


def test_the_other_organisation_sees_no_row(harbour: Organisation, quill: Organisation, post: Post) -> None:
    post()
    with bound(quill.id):
        assert not OutboxMessage.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM notifications_outboxmessage")
            assert cursor.fetchone() == (0,)
    with pytest.raises(Unbound):
        OutboxMessage.objects.count()


def test_a_member_of_the_other_organisation_cannot_be_told(
    harbour: Organisation, quill: Organisation, member: Callable[..., Member], post: Post
) -> None:
    foreign = member(organisation=quill)
    with pytest.raises(IntegrityError), transaction.atomic():
        post(to=Recipient("ada@people.example", membership_id=foreign.id))


def test_the_app_cannot_delete_a_message(harbour: Organisation, post: Post) -> None:
    post()
    with pytest.raises(DatabaseError), bound(harbour.id):
        OutboxMessage.objects.all().delete()


def test_nothing_is_posted_unbound(db: None) -> None:
    with pytest.raises(Unbound):
        outbox.post(kind="x", to=Recipient("a@b.example"), facts={}, dedupe="1", thread="", at=clock.now())


def test_who_has_no_address_is_not_told(harbour: Organisation, post: Post) -> None:
    post("  ")
    with bound(harbour.id):
        assert not OutboxMessage.objects.exists()


def test_a_member_is_told_in_their_own_language(harbour: Organisation, member: Callable[..., Member]) -> None:
    with bound(harbour.id):
        membership = Membership.objects.get(pk=member().id)
        assert Recipient.of(membership, harbour).language == harbour.language
        membership.language, membership.time_zone = "de", "Asia/Tokyo"
        told = Recipient.of(membership, harbour, why="reporter")
    assert (told.language, told.time_zone, told.membership_id, told.why) == (
        "de",
        "Asia/Tokyo",
        membership.pk,
        "reporter",
    )


def test_the_reason_of_the_recipient_stands_in_the_facts(harbour: Organisation, post: Post, row: Row) -> None:
    with bound(harbour.id):
        outbox.post(
            kind="incident_reported",
            to=Recipient("a@b.example", why="watcher"),
            facts={"title": "x"},
            dedupe="why",
            thread="",
            at=clock.now(),
        )
    assert row("why").facts["why"] == "watcher"


def _post_in_vain(post: Post, within: AbstractContextManager[None]) -> None:
    with within:
        post()
        raise ZeroDivisionError


class TestCommitting:
    """What happens with the transaction."""

    def test_one_nudge_for_all_that_a_transaction_posts(
        self,
        harbour: Organisation,
        post: Post,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks, bound(harbour.id):
            for _ in range(5):
                post()
        assert len(callbacks) == 1

    def test_a_savepoint_that_is_rolled_back_does_not_take_the_nudge_along(
        self,
        harbour: Organisation,
        post: Post,
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        with django_capture_on_commit_callbacks() as callbacks, bound(harbour.id):
            with pytest.raises(ZeroDivisionError):
                _post_in_vain(post, transaction.atomic())
            post()
        assert len(callbacks) == 1

    @pytest.mark.django_db(transaction=True)
    def test_a_rollback_leaves_no_row_and_no_nudge(
        self, harbour: Organisation, post: Post, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rung: list[int] = []
        monkeypatch.setattr("notifications.nudge.ring", lambda: rung.append(1))
        with pytest.raises(ZeroDivisionError):
            _post_in_vain(post, bound(harbour.id))
        with database.owner() as owner:
            assert owner.execute("SELECT count(*) FROM notifications_outboxmessage").fetchone() == (0,)
        assert rung == []
        post()
        assert rung == [1]

    @pytest.mark.django_db(transaction=True)
    def test_a_bell_that_is_broken_breaks_nothing(
        self, harbour: Organisation, post: Post, row: Row, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken() -> None:
            raise RuntimeError("no more threads")

        monkeypatch.setattr("notifications.nudge.ring", broken)
        assert row(post()).state == "pending"


def test_a_history_that_was_brought_along_is_not_sent(harbour: Organisation, post: Post, row: Row) -> None:
    now = clock.now()
    old = post(ago=timedelta(days=3))
    secret = post(ago=timedelta(days=3), forget=True)
    fresh = post(ago=timedelta(minutes=5))
    with bound(harbour.id):
        outbox.silence(before=now - timedelta(hours=2))
        assert [message.dedupe for message in OutboxMessage.objects.due()] == [fresh]
    assert [row(dedupe).state for dedupe in (old, secret, fresh)] == ["sent", "sent", "pending"]
    assert row(old).sent_at == row(old).due_at
    assert row(old).facts
    assert not row(secret).facts


def test_what_is_posted_for_later_is_not_due(harbour: Organisation, post: Post) -> None:
    later = post(ago=-timedelta(hours=1))
    now = post()
    with bound(harbour.id):
        due: list[Any] = [message.dedupe for message in OutboxMessage.objects.due()]
    assert due == [now]
    assert later != now
