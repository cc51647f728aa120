"""An address that its server refuses for good gets nothing more, until somebody says that it is good again."""

from collections.abc import Callable

import pytest
from django.test import Client

from notifications import delivery
from notifications.outbox import Recipient
from tenancy import clock
from tenancy.actions import addresses, people
from tenancy.drafts import Profile
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.wall import bound
from tests.notifications.sink import Sink

GONE = "550 5.1.1 No such user"


@pytest.fixture
def ada(member: Callable[..., Member]) -> Member:
    return member(name="Ada Marsh", mail="ada@people.example")


def row(member: Member) -> Membership:
    with bound(member.organisation_id):
        return Membership.objects.get(pk=member.id)


def to(member: Member, organisation: Organisation) -> Recipient:
    with bound(organisation.id):
        return Recipient.of(Membership.objects.get(pk=member.id), organisation)


def kinds(organisation: Organisation) -> list[str]:
    with bound(organisation.id):
        return [one.kind for one in TrailEntry.objects.filter(kind__startswith="membership.address").order_by("id")]


@pytest.mark.django_db(transaction=True)
class TestSending:
    """What the server says about an address, and what it says about something else."""

    def test_a_refusal_for_good_switches_the_address_off(
        self, harbour: Organisation, ada: Member, sink: Sink, post: Callable[..., str]
    ) -> None:
        sink.refuses["ada@people.example"] = GONE
        for _ in range(2):
            post(to=to(ada, harbour), topic="moved", kind="incident_closed")
        delivery.deliver_due()
        assert row(ada).mail_refused_at
        assert row(ada).mail_refused_why == GONE
        assert not row(ada).takes_mail
        assert kinds(harbour) == ["membership.address_refused"]
        sink.refuses.clear()
        post(to=to(ada, harbour), topic="asked", kind="incident_question")
        delivery.deliver_due()
        assert sink.kept == []
        with bound(harbour.id):
            addresses.trust(ada, membership=row(ada))
        assert row(ada).takes_mail
        post(to=to(ada, harbour), topic="asked", kind="incident_question")
        delivery.deliver_due()
        assert len(sink.kept) == 1
        assert kinds(harbour) == ["membership.address_refused", "membership.address_trusted"]

    @pytest.mark.parametrize("answer", ["451 4.7.1 Greylisted", "554 5.7.1 Relay access denied"])
    def test_what_may_pass_does_not(
        self, harbour: Organisation, ada: Member, sink: Sink, post: Callable[..., str], answer: str
    ) -> None:
        sink.refuses["ada@people.example"] = answer
        post(to=to(ada, harbour), topic="moved")
        delivery.deliver_due()
        assert row(ada).takes_mail
        assert kinds(harbour) == []

    def test_an_address_that_was_changed_meanwhile_stays_on(
        self, harbour: Organisation, ada: Member, sink: Sink, post: Callable[..., str]
    ) -> None:
        sink.refuses["ada@people.example"] = GONE
        post(to=to(ada, harbour), topic="moved")
        with bound(harbour.id):
            Membership.objects.filter(pk=ada.id).update(mail="ada.marsh@people.example")
        delivery.deliver_due()
        assert row(ada).takes_mail


class TestTrusting:
    """The person, or an administrator; a new address starts anew."""

    @pytest.fixture(autouse=True)
    def refused(self, bind: None, ada: Member) -> None:
        addresses.switch_off(ada.id, address="Ada@people.example", why=GONE, at=clock.now())

    def test_nobody_else_may(self, ada: Member, member: Callable[..., Member]) -> None:
        with pytest.raises(Denied):
            addresses.trust(member("agent"), membership=row(ada))
        assert not row(ada).takes_mail

    def test_a_new_address_is_trusted(self, ada: Member, member: Callable[..., Member]) -> None:
        changed = Profile(name="Ada Marsh", mail="ada.marsh@people.example")
        people.edit_member(member("administrator"), membership=row(ada), profile=changed)
        assert row(ada).takes_mail
        assert row(ada).mail_refused_why == ""

    def test_another_change_of_the_profile_changes_nothing(self, ada: Member, member: Callable[..., Member]) -> None:
        changed = Profile(name="Ada M.", mail="ada@people.example")
        people.edit_member(member("administrator"), membership=row(ada), profile=changed)
        assert not row(ada).takes_mail

    def test_the_trail_says_nothing_of_the_address(self, ada: Member) -> None:
        entry = TrailEntry.objects.get(kind="membership.address_refused")
        assert (entry.facts, entry.actor) == ({}, None)


class TestPages:
    """On one's own page, and in the set-up."""

    def test_whose_it_is_switches_it_on_again(
        self, ada: Member, harbour: Organisation, client_of: Callable[..., Client]
    ) -> None:
        with bound(harbour.id):
            addresses.switch_off(ada.id, address=ada.mail, why=GONE)
        browser = client_of(ada)
        assert "has refused ada@people.example" in browser.get("/notifications/").content.decode()
        browser.post("/notifications/", {"trust": "yes"})
        assert row(ada).takes_mail
        assert "has refused" not in browser.get("/notifications/").content.decode()

    def test_an_administrator_does(
        self, ada: Member, harbour: Organisation, member: Callable[..., Member], client_of: Callable[..., Client]
    ) -> None:
        with bound(harbour.id):
            addresses.switch_off(ada.id, address=ada.mail, why=GONE)
        browser = client_of(member("administrator"))
        path = f"/desk/tenancy/membership/{row(ada).public_id}/"
        assert GONE in browser.get(f"{path}change/").content.decode()
        assert browser.post(f"{path}verb/trust-address/", {"post": "yes"}).status_code == 302
        assert row(ada).takes_mail
