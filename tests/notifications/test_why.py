"""Every mail to a person leads to a page that says why they got it; nobody has to sign in to read it."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.test import Client

from notifications import choosing, delivery, links
from notifications.bursts import Bundle, Scope
from notifications.models import OutboxMessage
from notifications.outbox import Recipient
from notifications.wishes import Timing
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.notifications.sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada(member: Callable[..., Member]) -> Member:
    return member(name="Ada Marsh", mail="ada@people.example")


@pytest.fixture
def tell(post: Callable[..., str], ada: Member) -> Callable[..., str]:
    """Post about something to Ada."""

    def one(**more: object) -> str:
        facts = {"reasons": ["reporter", "watcher"], "title": "Payroll export fails"}
        to = Recipient("ada@people.example", "Ada Marsh", membership_id=ada.id)
        bundle = Bundle(Scope.RECORD, 1042)
        return post(
            **{"facts": facts, "to": to, "kind": "incident_replied", "record": "INC-1042", "bundle": bundle, **more}
        )

    return one


def link_in(sink: Sink) -> str:
    """Where the only mail leads for an explanation, in both its parts."""
    (mail,) = sink.kept
    text, html = (part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,))))
    (address,) = [line for line in text.splitlines() if "/notifications/why/" in line]
    assert address in html
    return str(address).removeprefix("http://harbour.testserver")


def test_the_page_says_what_happened_and_why(
    harbour: Organisation, ada: Member, tell: Callable[..., str], sink: Sink, stranger: Client
) -> None:
    with bound(harbour.id):
        choosing.choose(ada, timings={"answered": Timing.AT_ONCE}, quiet=(time(22), time(7)))
    tell(topic="answered")
    tell(topic="asked")
    delivery.deliver_due()
    answer = stranger.get(link_in(sink))
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "INC-1042 Payroll export fails" in page
    assert "It came in a short time, so it was put into one mail." in page
    assert "because you reported the incident." in page
    assert "because you watch the incident." in page
    assert "Somebody wrote</strong>: By mail, at once (you chose so)" in page
    assert "A question for you</strong>: always sent" in page
    assert "Your quiet hours: 22:00 to 07:00." in page
    assert 'href="/notifications/"' in page


def test_what_was_made_up_or_is_another_house_s_explains_nothing(
    harbour: Organisation, quill: Organisation, tell: Callable[..., str], sink: Sink, stranger: Client
) -> None:
    tell(topic="answered")
    with bound(harbour.id):
        message = {"message": str(OutboxMessage.objects.get().public_id)}
    made_up = [
        links.sign(links.WHY, message, quill.id),
        links.sign("confirm", message, harbour.id),
        links.sign(links.WHY, {"message": "00000000-0000-4000-8000-000000000000"}, harbour.id),
        "made-up",
    ]
    for token in made_up:
        answer = stranger.get(f"/notifications/why/{token}/")
        assert answer.status_code == 404
        assert "INC-1042" not in answer.content.decode()


def test_an_old_link_says_that_it_is_old(
    harbour: Organisation, tell: Callable[..., str], stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(topic="answered")
    with bound(harbour.id):
        token = links.sign(links.WHY, {"message": str(OutboxMessage.objects.get().public_id)}, harbour.id)
    monkeypatch.setattr(links, "WHY_VALID_FOR", timedelta(seconds=-1))
    assert stranger.get(f"/notifications/why/{token}/").status_code == 410


def test_of_a_secret_nothing_is_told(tell: Callable[..., str], sink: Sink) -> None:
    tell(kind="account_message", facts={"subject": "Your code", "body": "123"}, forget=True, bundle=None)
    delivery.deliver_due()
    assert "/notifications/why/" not in sink.kept[0].as_string()
