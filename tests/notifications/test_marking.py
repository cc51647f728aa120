"""What is noted in one message: behind the wall, once, and not for somebody else."""

from collections.abc import Callable

import pytest
from django.db import DataError, connection

from notifications import delivery
from notifications.marking import Marks
from notifications.models import OutboxMessage
from tenancy.models import Organisation
from tenancy.wall import bound, said
from tests import database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def on_its_way(post: Callable[..., str], harbour: Organisation, quill: Organisation) -> dict[int, str]:
    """A message of each of two organisations, being sent: by organisation, the call that notes it."""
    post()
    post(organisation=quill)
    with database.owner() as owner:
        owner.execute("UPDATE notifications_outboxmessage SET state = 'sending', attempts = 1")
        rows = owner.execute("SELECT organisation_id, id FROM notifications_outboxmessage").fetchall()
    return {organisation_id: f"message_sent({number}, 1)" for organisation_id, number in rows}


def states() -> list[str]:
    """Of all messages, past the wall."""
    with database.owner() as owner:
        return [state for (state,) in owner.execute("SELECT state FROM notifications_outboxmessage ORDER BY id")]


@pytest.mark.parametrize("is_inside", [False, True], ids=["alone", "in another transaction"])
def test_it_reaches_the_bound_organisation_only(
    on_its_way: dict[int, str], harbour: Organisation, quill: Organisation, is_inside: bool
) -> None:
    calls = ", ".join(on_its_way.values())
    if is_inside:
        with bound(harbour.id):
            said(quill.id, calls)()
    else:
        said(quill.id, calls)()
    assert states() == ["sending", "sent"]


def test_the_binding_ends_with_it(on_its_way: dict[int, str], harbour: Organisation) -> None:
    said(harbour.id, on_its_way[harbour.id])()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organisation_id', true), '')")
        assert cursor.fetchone() == ("",)


def test_nothing_stays_of_what_fails(on_its_way: dict[int, str], harbour: Organisation) -> None:
    with pytest.raises(DataError):
        said(harbour.id, f"{on_its_way[harbour.id]}; SELECT 1 / 0")()
    assert states() == ["sending", "sending"]
    said(harbour.id, on_its_way[harbour.id])()
    assert states() == ["sent", "sending"]


def test_a_late_worker_marks_nothing(
    harbour: Organisation, post: Callable[..., str], row: Callable[..., OutboxMessage], change: Callable[..., None]
) -> None:
    dedupe = post()
    (held,) = delivery._claim(harbour.id)
    change(dedupe, attempts=held.attempts + 1)
    marks = Marks()
    marks.sent(held)
    marks.hear()
    assert (row(dedupe).state, row(dedupe).sent_at) == ("sending", None)
