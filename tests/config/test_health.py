"""Alive, fit for visitors, and all that was promised being done: three questions with answers of their own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import Client

from notifications.models import OutboxMessage
from notifications.outbox import Recipient, post
from tenancy import clock
from tenancy.models import Organisation
from tenancy.wall import bound
from tests import database
from tests.notifications.sink import free_port

Due = Callable[..., None]


@pytest.fixture
def due(harbour: Organisation) -> Due:
    """A message that is due for a minute: ``due(attempts=3)``."""

    def make(**changes: Any) -> None:
        with bound(harbour.id):
            at = clock.now() - timedelta(seconds=60)
            post(kind="x", to=Recipient("a@people.example"), facts={}, dedupe="x", thread="", at=at)
            OutboxMessage.objects.update(**changes)

    return make


def ask(path: str) -> tuple[int, Any]:
    answer = Client().get(path, HTTP_HOST="10.0.0.7")
    return answer.status_code, answer.json()


def test_all_is_well(db: None) -> None:
    parts = {"database": "ok", "migrations": "ok"}
    assert ask("/health/live") == (200, {"status": "alive"})
    assert ask("/health/serving") == (200, {"status": "ready", **parts})
    assert ask("/health/ready") == (
        200,
        {"status": "ready", **parts, "outbox": "ok", "deadlines": "ok", "broker": "ok"},
    )


def test_a_message_that_no_worker_looks_at_is_told_and_visitors_still_come(due: Due) -> None:
    due()
    status, told = ask("/health/ready")
    assert status == 503
    assert told["status"] == told["outbox"]
    assert "no worker has looked at a message that is due for 6" in told["outbox"]
    assert ask("/health/serving")[0] == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"attempts": 1},
        {"last_error": "the mail server does not answer"},
        {"state": "sent"},
        {"state": "failed"},
    ],
)
def test_what_a_mail_server_refuses_is_not_ours_to_be_ill_of(due: Due, changes: dict[str, Any]) -> None:
    due(**changes)
    assert ask("/health/ready")[0] == 200


def test_without_a_broker_everything_is_slower_and_goes_on(db: None, settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    status, told = ask("/health/ready")
    assert (status, told["status"]) == (200, "ready")
    assert told["broker"].startswith("degraded")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_is_missing_keeps_visitors_away() -> None:
    last = MigrationLoader(connection).graph.leaf_nodes("notifications")[0]
    with database.owner() as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", last)
        try:
            status, told = ask("/health/serving")
        finally:
            owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", last)
    assert (status, told["migrations"]) == (503, "migrations are missing: run manage.py migrate")
