"""People join by invitation: once, in time, as themselves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions import people
from tenancy.actions.invitations import CannotJoin, issue
from tenancy.drafts import Profile, grants
from tenancy.members import Denied, Member
from tenancy.models import Invitation, Membership, Organisation, Person, RoleGrant, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.factories import PASSWORD, PersonFactory, TeamFactory

AGENT = grants([("agent", None)])
Make = Callable[..., Member]


@pytest.fixture
def admin(bind: None, member: Make) -> Member:
    return member("administrator", name="Ada Marsh")


def link_of(**given: Any) -> str:
    return issue(None, **{"mail": "new@people.example", "name": "Nia", "roles": AGENT, "at": clock.now(), **given}).path


def token_of(**given: Any) -> str:
    return link_of(**given).split("/")[2]


def test_the_invitation_is_mailed_with_a_link_that_is_kept_nowhere_else(admin: Member) -> None:
    invitation = people.invite(admin, mail=" New@People.example", name="Nia", roles=AGENT)
    mail = OutboxMessage.objects.get()
    assert (mail.kind, mail.address, mail.forget) == ("invitation", "new@people.example", True)
    token = mail.facts["path"].split("/")[2]
    assert Invitation.hash_of(token) == invitation.token_hash
    entry = TrailEntry.objects.get(record="invitation")
    assert (entry.kind, entry.actor_id, entry.facts) == ("invitation.sent", admin.id, {"roles": [["agent", None]]})


def test_only_administrators_invite(bind: None, member: Make) -> None:
    with pytest.raises(Denied):
        people.invite(member("agent", "auditor"), mail="new@people.example", name="Nia")
    assert not Invitation.objects.exists()


def test_who_has_joined_is_not_invited_again(admin: Member) -> None:
    with pytest.raises(NotPossible):
        people.invite(admin, mail=admin.mail.upper(), name="Ada")


def test_a_second_invitation_stops_the_first(admin: Member) -> None:
    first = token_of()
    token_of()
    with pytest.raises(CannotJoin) as refused:
        people.join_as_new(token=first, name="Nia", password=PASSWORD)
    assert refused.value.standing == "withdrawn"


def test_somebody_new_joins_through_the_page(harbour: Organisation, stranger: Client) -> None:
    with bound(harbour.id):
        link = link_of()
    page = stranger.get(link)
    assert page.status_code == 200
    before = dict(stranger.cookies)
    answer = stranger.post(link, {"name": "Nia Gold", "password1": PASSWORD})
    assert answer.url == "/desk/"
    assert stranger.cookies["sessionid"].value != getattr(before.get("sessionid"), "value", None)
    with bound(harbour.id):
        nia = Membership.objects.select_related("person").get(mail="new@people.example")
        assert nia.name == "Nia Gold"
        assert list(RoleGrant.objects.filter(membership=nia).values_list("role", "team")) == [("agent", None)]
        assert EmailAddress.objects.get(user=nia.person).verified
        assert TrailEntry.objects.get(kind="membership.joined").actor_id == nia.id
    assert stranger.get("/organisations/").context["request"].member.id == nia.id


def test_looking_joins_nobody(harbour: Organisation, stranger: Client) -> None:
    with bound(harbour.id):
        link = link_of()
    for method in (stranger.get, stranger.head):
        method(link)
    assert not Person.objects.filter(email="new@people.example").exists()


def test_a_weak_password_is_told_and_nothing_is_lost(harbour: Organisation, stranger: Client) -> None:
    with bound(harbour.id):
        link = link_of()
    answer = stranger.post(link, {"name": "Nia Gold", "password1": "new@people"})
    assert answer.status_code == 400
    assert "Nia Gold" in answer.content.decode()
    assert not Person.objects.filter(email="new@people.example").exists()


def test_who_has_a_login_signs_in_and_joins_with_one_button(harbour: Organisation, stranger: Client) -> None:
    person = PersonFactory(email="new@people.example")
    with bound(harbour.id):
        link = link_of(mail="New@People.example")
    assert stranger.get(link).context["login_url"] == f"/account/login/?next={link}"
    assert stranger.post(link, {"name": "Nia", "password1": PASSWORD}).status_code == 200
    stranger.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert stranger.get("/desk/").status_code == 404
    assert stranger.post(link).url == "/desk/"
    with bound(harbour.id):
        assert Membership.objects.get(person=person).name == "Nia"


def test_somebody_else_who_is_signed_in_does_not_take_the_invitation(
    harbour: Organisation, member: Make, client_of: Callable[[Member], Client]
) -> None:
    PersonFactory(email="new@people.example")
    other = client_of(member())
    with bound(harbour.id):
        link = link_of()
    assert other.post(link).status_code == 200
    with bound(harbour.id):
        assert Invitation.objects.get().accepted_at is None


def test_a_login_with_another_address_does_not_join(admin: Member, member: Make) -> None:
    other = Membership.objects.select_related("person").get(pk=member().id).person
    assert other
    with pytest.raises(CannotJoin) as refused:
        people.join(other, token=token_of())
    assert refused.value.standing == "foreign"
    assert Invitation.objects.get().accepted_at is None


def test_a_contact_becomes_a_member(admin: Member) -> None:
    contact = people.add_contact(admin, profile=Profile(name="Nia", mail="New@people.example"))
    _person, joined = people.join_as_new(token=token_of(), name="Nia Gold", password=PASSWORD)
    assert joined.id == contact.id
    assert Membership.objects.filter(mail="new@people.example").count() == 1


def test_who_left_comes_back_as_the_same_member(admin: Member, member: Make) -> None:
    ben = member("agent")
    membership = Membership.objects.get(pk=ben.id)
    people.leave(admin, membership=membership)
    token = token_of(mail=ben.mail)
    assert membership.person
    back = people.join(membership.person, token=token)
    assert back.id == ben.id
    assert back.may("incident.work")


@pytest.mark.parametrize("state", ["used", "withdrawn", "expired", "foreign", "missing"])
def test_a_link_that_is_not_good_explains_itself(
    state: str, harbour: Organisation, quill: Organisation, stranger: Client
) -> None:
    now = clock.now()
    with bound(quill.id if state == "foreign" else harbour.id):
        link = link_of(at=now - timedelta(days=8) if state == "expired" else now)
        if state == "used":
            Invitation.objects.update(accepted_at=now)
        if state == "withdrawn":
            Invitation.objects.update(withdrawn_at=now)
    link = "/join/nothing-of-the-kind/" if state == "missing" else link
    answers = [stranger.get(link), stranger.post(link, {"name": "Nia", "password1": PASSWORD})]
    assert {answer.status_code for answer in answers} == {404 if state in {"foreign", "missing"} else 410}
    assert not Person.objects.filter(email="new@people.example").exists()


def test_a_foreign_and_a_missing_invitation_look_the_same(quill: Organisation, stranger: Client) -> None:
    with bound(quill.id):
        link = link_of()
    foreign, missing = stranger.get(link), stranger.get("/join/nothing-of-the-kind/")
    assert foreign.content == missing.content


def test_a_promised_team_that_is_gone_is_left_out(admin: Member) -> None:
    team = TeamFactory()
    token = token_of(roles=grants([("agent", team.pk), ("stakeholder", None)]))
    team.delete()
    _person, joined = people.join_as_new(token=token, name="Nia", password=PASSWORD)
    assert {role for role, _team in joined.grants} == {"requester", "stakeholder"}


def test_withdrawing_stops_the_link(admin: Member) -> None:
    token = token_of()
    people.withdraw_invitation(admin, invitation=Invitation.objects.get())
    with pytest.raises(CannotJoin):
        people.join_as_new(token=token, name="Nia", password=PASSWORD)
    with pytest.raises(NotPossible):
        people.withdraw_invitation(admin, invitation=Invitation.objects.get())


def test_an_address_that_became_somebody_elses_is_told_cleanly(admin: Member, member: Make) -> None:
    token = token_of()
    people.edit_member(
        admin, membership=Membership.objects.get(pk=member().id), profile=Profile(name="Oz", mail="new@people.example")
    )
    with pytest.raises(CannotJoin) as refused:
        people.join_as_new(token=token, name="Nia", password=PASSWORD)
    assert refused.value.standing == "foreign"
    assert not Person.objects.filter(email="new@people.example").exists()
