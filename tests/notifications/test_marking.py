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

ALL_SENT = "UPDATE notifications_outboxmessage SET state = 'sent'"


def states() -> list[str]:
    """Of all messages, past the wall."""
    with database.owner() as owner:
        return [state for (state,) in owner.execute("SELECT state FROM notifications_outboxmessage ORDER BY id")]


@pytest.mark.parametrize("is_inside", [False, True], ids=["alone", "in another transaction"])
def test_it_reaches_the_bound_organisation_only(
    post: Callable[..., str], harbour: Organisation, quill: Organisation, is_inside: bool
) -> None:
    post()
    post(organisation=quill)
    if is_inside:
        with bound(harbour.id):
            said(quill.id, ALL_SENT)()
    else:
        said(quill.id, ALL_SENT)()
    assert states() == ["pending", "sent"]


def test_the_binding_ends_with_it(harbour: Organisation, post: Callable[..., str]) -> None:
    post()
    said(harbour.id, ALL_SENT)()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organisation_id', true), '')")
        assert cursor.fetchone() == ("",)


def test_nothing_stays_of_what_fails(harbour: Organisation, post: Callable[..., str]) -> None:
    post()
    with pytest.raises(DataError):
        said(harbour.id, f"{ALL_SENT}; SELECT 1 / 0")()
    assert states() == ["pending"]
    said(harbour.id, ALL_SENT)()
    assert states() == ["sent"]


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
