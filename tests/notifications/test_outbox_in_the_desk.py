"""The outbox in the desk: envelopes to look at, nothing to change, and only for those who look after the desk."""

from collections.abc import Callable

import pytest
from django.test import Client

from notifications.models import OutboxMessage
from tenancy.members import Member
from tenancy.models import Organisation

LIST = "/desk/notifications/outboxmessage/"


@pytest.fixture
def posted(post: Callable[..., str], row: Callable[..., OutboxMessage]) -> OutboxMessage:
    """A message with words in it that only the recipient may read."""
    return row(post("ada@people.example", record="INC-1042", facts={"text": "The safe is open", "title": "Theft"}))


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_who_looks_after_the_desk_sees_the_envelopes(
    role: str, member: Callable[..., Member], client_of: Callable[[Member], Client], posted: OutboxMessage
) -> None:
    client = client_of(member(role))
    for address in (LIST, f"{LIST}?q=ada&state__exact=pending", f"{LIST}{posted.public_id}/change/"):
        response = client.get(address)
        assert response.status_code == 200
        page = response.content.decode()
        assert "ada@people.example" in page
        assert not any(secret in page for secret in ("The safe is open", "Theft", "INC-1042"))


@pytest.mark.parametrize("role", ["agent", "team_lead"])
def test_nobody_else_does(
    role: str, member: Callable[..., Member], client_of: Callable[[Member], Client], posted: OutboxMessage
) -> None:
    client = client_of(member(role))
    assert client.get(LIST).status_code in (403, 404)
    assert client.get(f"{LIST}{posted.public_id}/change/").status_code in (403, 404)


def test_nothing_can_be_changed(
    member: Callable[..., Member],
    client_of: Callable[[Member], Client],
    posted: OutboxMessage,
    row: Callable[[str], OutboxMessage],
) -> None:
    client = client_of(member("administrator"))
    for address in (f"{LIST}add/", f"{LIST}{posted.public_id}/delete/"):
        assert client.get(address).status_code in (403, 404)
        assert client.post(address, {"post": "yes"}).status_code in (403, 404)
    client.post(f"{LIST}{posted.public_id}/change/", {"address": "evil@x.example"})
    client.post(LIST, {"action": "delete_selected", "_selected_action": [posted.pk]})
    assert row(posted.dedupe).address == "ada@people.example"


def test_the_other_organisation_s_messages_do_not_exist(
    member: Callable[..., Member],
    client_of: Callable[[Member], Client],
    posted: OutboxMessage,
    quill: Organisation,
) -> None:
    client = client_of(member("administrator", organisation=quill))
    assert "ada@people.example" not in client.get(LIST).content.decode()
    assert client.get(f"{LIST}{posted.public_id}/change/").status_code == 404
