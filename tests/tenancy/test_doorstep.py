"""What was typed survives a session that ended meanwhile, and a token that went stale."""

from collections.abc import Callable

import pytest
from django.test import Client

from incidents.models import Incident
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.factories import PASSWORD

WORDS = "The label printer in room 12 prints <empty> pages since this morning."
REPORT = {"title": WORDS, "when": "now", "urgency": "high", "impact": "person"}


@pytest.fixture
def late(member: Callable[..., Member], client_of: Callable[..., Client]) -> Client:
    """A browser whose form was open for too long: it has a session, and no good token."""
    return client_of(member(), enforce_csrf_checks=True)


def test_a_signed_out_visitor_keeps_their_words(stranger: Client, harbour: Organisation) -> None:
    page = stranger.post("/report/", REPORT)
    assert page.status_code == 403
    assert "The label printer in room 12 prints &lt;empty&gt; pages" in page.text
    assert 'name="urgency" value="high"' in page.text
    with bound(harbour.id):
        assert not Incident.objects.exists()


def test_a_stale_token_is_asked_for_again_and_then_goes_through(late: Client, harbour: Organisation) -> None:
    page = late.post("/report/", REPORT)
    assert page.status_code == 403
    token = page.context["csrf_token"]
    again = late.post("/report/", {**REPORT, "csrfmiddlewaretoken": str(token)})
    assert again.status_code == 302
    with bound(harbour.id):
        assert Incident.objects.get().title == WORDS


@pytest.mark.parametrize(
    "header",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://quill.testserver"},
        {"Origin": "null"},
    ],
    ids=str,
)
def test_nothing_is_offered_to_be_sent_again_for_another_site(header: dict[str, str], late: Client) -> None:
    page = late.post("/report/", REPORT, headers=header)
    assert page.status_code == 403
    assert "label printer" not in page.text


def test_passwords_are_not_shown_again(harbour: Organisation) -> None:
    visitor = Client(SERVER_NAME="harbour.testserver", enforce_csrf_checks=True)
    page = visitor.post("/account/login/", {"login": "somebody@harbour.example", "password": PASSWORD})
    assert page.status_code == 403
    assert PASSWORD not in page.text


def test_the_desk_asks_for_the_sign_in_and_keeps_the_words(stranger: Client) -> None:
    page = stranger.post("/desk/incidents/INC-1001/compose/", {"mode": "internal", "body": WORDS})
    assert page.status_code == 403
    assert "label printer" in page.text
    assert stranger.get("/desk/incidents/").status_code == 302
