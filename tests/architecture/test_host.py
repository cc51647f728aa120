"""The host picks the organisation; nothing that a request claims gets into a link or opens another door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from notifications.models import OutboxMessage
from tenancy.members import Member
from tenancy.models import Membership, Organisation, Person
from tenancy.wall import bound
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
Make = Callable[..., Member]
SignIn = Callable[[Member], Client]
FORGED = [
    {"HTTP_HOST": "harbour.testserver@evil.example"},
    {"HTTP_HOST": "harbour.testserver.evil.example"},
    {"HTTP_HOST": "evil.example"},
    {"HTTP_HOST": "127.0.0.1"},
    {"HTTP_HOST": ""},
]


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: forged["HTTP_HOST"] or "none")
@pytest.mark.parametrize("address", ["/", "/account/login/", "/desk/", "/branding.css"])
def test_an_unknown_host_finds_nothing(address: str, forged: dict[str, str]) -> None:
    assert Client().get(address, **forged).status_code in {400, 404}


def test_an_inactive_organisation_is_unknown(harbour: Organisation, stranger: Client) -> None:
    with bound(harbour.id):
        Organisation.objects.filter(pk=harbour.id).update(is_active=False)
    assert stranger.get("/account/login/").status_code == 404


@pytest.mark.parametrize("host", ["HARBOUR.testserver", "harbour.testserver.", "harbour.testserver:8000"])
def test_a_host_is_known_however_it_is_written(host: str, harbour: Organisation) -> None:
    assert Client().get("/account/login/", HTTP_HOST=host).wsgi_request.organisation == harbour


def test_where_one_is_shows_however_the_host_is_written(member: Make, client_of: SignIn) -> None:
    browser = client_of(member())
    for host in ("harbour.testserver", "HARBOUR.testserver.", "harbour.testserver:8000"):
        (place,) = browser.get("/organisations/", HTTP_HOST=host).context["organisations"]
        assert place.current, host


def test_the_forwarded_host_is_not_trusted(quill: Organisation, stranger: Client) -> None:
    answer = stranger.get("/account/login/", HTTP_X_FORWARDED_HOST="quill.testserver")
    assert answer.wsgi_request.organisation != quill


@pytest.mark.parametrize(
    "forged",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_HOST": "harbour.testserver:6666"},
        {"HTTP_HOST": "evil.example", "default": "harbour"},
    ],
)
def test_a_forged_host_stays_out_of_the_reset_mail(
    forged: dict[str, str], harbour: Organisation, stranger: Client, member: Make, settings: Any
) -> None:
    settings.DEFAULT_ORGANISATION = forged.pop("default", "")
    ada = member()
    answer = stranger.post("/account/password/reset/", {"email": ada.mail}, **forged)
    assert answer.status_code == 302
    with bound(harbour.id):
        facts = OutboxMessage.objects.get().facts
    assert "http://harbour.testserver/account/password/reset/key/" in facts["body"]
    assert "evil" not in str(facts)
    assert ":6666" not in str(facts)


def test_a_session_of_one_organisation_is_refused_at_the_other(
    member: Make, client_of: SignIn, quill: Organisation
) -> None:
    ada = member("administrator")
    browser = client_of(ada)
    with bound(quill.id):
        person = Person.objects.get(email=ada.mail)
        Membership.objects.create(name="Ada Marsh", mail=ada.mail, person=person)
    answer = browser.get("/organisations/", SERVER_NAME="quill.testserver")
    assert answer.url.startswith("/account/login/")
    assert answer.wsgi_request.member is None


def test_who_does_not_belong_here_finds_nothing_but_the_way_home(
    member: Make, quill: Organisation, stranger: Client
) -> None:
    greta = member("administrator", organisation=quill)
    answer = stranger.post("/account/login/", {"login": greta.mail, "password": PASSWORD})
    assert answer.url == "/organisations/"
    for address in ("/", "/desk/", "/report/", "/incidents/INC-1/"):
        assert stranger.get(address).status_code == 404
    assert "quill.testserver" in stranger.get("/organisations/").content.decode()


@pytest.mark.parametrize("aim", ["https://evil.example/", "//evil.example", "http://quill.testserver/", "javascript:x"])
def test_signing_in_leads_nowhere_else(aim: str, member: Make, stranger: Client) -> None:
    ada = member()
    answer = stranger.post("/account/login/", {"login": ada.mail, "password": PASSWORD, "next": aim})
    assert answer.url == "/"
