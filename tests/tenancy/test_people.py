"""Profiles, roles, leaving: what changes, what stands on the trail, and who may."""

from collections.abc import Callable

import pytest

from tenancy.actions import people, teams
from tenancy.drafts import Grants, Profile, TeamDraft, grants
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, RoleGrant, Team, TeamSeat, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import Unbound, bound
from tests.factories import MembershipFactory, TeamFactory

Make = Callable[..., Member]
ADMIN = grants([("administrator", None)])


@pytest.fixture
def admin(bind: None, member: Make) -> Member:
    return member("administrator", name="Ada Marsh")


def row(member: Member) -> Membership:
    return Membership.objects.get(pk=member.id)


def kinds() -> list[str]:
    return list(TrailEntry.objects.exclude(record="organisation").order_by("id").values_list("kind", flat=True))


def refuse_all(who: Member, ben: Membership, team: Team) -> None:
    for attempt in (
        lambda: people.edit_member(who, membership=ben, profile=Profile(name="Mine")),
        lambda: people.set_roles(who, membership=ben, roles=ADMIN),
        lambda: people.leave(who, membership=ben),
        lambda: teams.add_team(who, draft=TeamDraft(name="Mine")),
        lambda: teams.edit_team(who, team=team, draft=TeamDraft(name="Mine")),
    ):
        with pytest.raises(Denied):
            attempt()


def test_only_administrators_change_people_and_teams(admin: Member, member: Make) -> None:
    ben, team = row(member()), TeamFactory()
    for who in (
        member(),
        member("agent", "team_lead", "incident_manager", "auditor", "problem_manager", "stakeholder"),
    ):
        refuse_all(who, ben, team)
    assert kinds() == []
    assert Membership.objects.get(pk=ben.pk).name == ben.name
    assert not RoleGrant.objects.filter(membership=ben).exists()


def test_staff_add_contacts_and_requesters_do_not(admin: Member, member: Make) -> None:
    team = TeamFactory()
    people.add_contact(member("agent", team=team), profile=Profile(name="Nia"))
    with pytest.raises(Denied):
        people.add_contact(member("auditor", "stakeholder"), profile=Profile(name="Oz"))
    assert kinds() == ["membership.added"]


def test_an_address_stands_for_one_human(admin: Member) -> None:
    with pytest.raises(NotPossible):
        people.add_contact(admin, profile=Profile(name="Ada again", mail=f" {admin.mail.upper()} "))
    for name in ("Nia", "Oz"):
        people.add_contact(admin, profile=Profile(name=name))


def test_the_trail_keeps_what_changed_but_no_names(admin: Member, member: Make) -> None:
    ben = row(member())
    chloe = member()
    profile = Profile(name="Benjamin", mail=ben.mail, phone="123", department="Dock", manager_id=chloe.id)
    people.edit_member(admin, membership=ben, profile=profile)
    people.edit_member(admin, membership=ben, profile=profile)
    entry = TrailEntry.objects.get(kind="membership.edited")
    assert entry.facts == {
        "changed": {"department": ["", "Dock"], "manager_id": [None, chloe.id]},
        "rewritten": ["name", "phone"],
    }


def test_nobody_manages_themselves(admin: Member) -> None:
    with pytest.raises(NotPossible):
        people.edit_member(admin, membership=row(admin), profile=Profile(name="Ada", manager_id=admin.id))


def test_roles_are_set_as_a_whole(admin: Member, member: Make) -> None:
    team = TeamFactory()
    ben = row(member("agent", "auditor"))
    wanted = grants([("agent", team.pk), ("auditor", None), ("requester", None)])
    people.set_roles(admin, membership=ben, roles=wanted)
    people.set_roles(admin, membership=ben, roles=wanted)
    held = set(RoleGrant.objects.filter(membership=ben).values_list("role", "team"))
    assert held == {("agent", team.pk), ("auditor", None)}
    entry = TrailEntry.objects.get(kind="membership.roles_set")
    assert entry.facts["changed"]["roles"] == [
        [["agent", None], ["auditor", None]],
        [["agent", team.pk], ["auditor", None]],
    ]


def test_a_limit_to_another_organisations_team_is_refused(admin: Member, quill: Organisation, member: Make) -> None:
    with bound(quill.id):
        theirs = TeamFactory()
    with pytest.raises(NotPossible):
        people.set_roles(admin, membership=row(member()), roles=grants([("agent", theirs.pk)]))


@pytest.mark.parametrize("role", ["administrator", "auditor", "stakeholder"])
def test_some_roles_know_no_limit(role: str, admin: Member, member: Make) -> None:
    with pytest.raises(NotPossible):
        people.set_roles(admin, membership=row(member()), roles=grants([(role, TeamFactory().pk)]))


@pytest.mark.parametrize("roles", [frozenset(), grants([("agent", None)])])
def test_the_last_administrator_stays(roles: Grants, admin: Member, member: Make) -> None:
    gone = row(member("administrator"))
    people.leave(admin, membership=gone)
    MembershipFactory(person=None)
    with pytest.raises(NotPossible):
        people.set_roles(admin, membership=row(admin), roles=roles)
    with pytest.raises(NotPossible):
        people.leave(admin, membership=row(admin))
    member("administrator")
    people.set_roles(admin, membership=row(admin), roles=roles)
    assert not RoleGrant.objects.filter(membership_id=admin.id, role="administrator").exists()


def test_leaving_takes_roles_and_seats_and_keeps_the_human(admin: Member, member: Make) -> None:
    team = TeamFactory()
    ben = row(member("agent", team=team))
    people.leave(admin, membership=ben)
    ben.refresh_from_db()
    assert (ben.state, bool(ben.person_id)) == ("left", True)
    assert not TeamSeat.objects.exists()
    assert not RoleGrant.objects.filter(membership=ben).exists()
    entry = TrailEntry.objects.get(kind="membership.left")
    assert entry.facts["changed"] == {
        "state": ["active", "left"],
        "roles": [[["agent", team.pk]], []],
        "team_ids": [[team.pk], []],
    }
    with pytest.raises(NotPossible):
        people.leave(admin, membership=ben)
    with pytest.raises(NotPossible):
        people.set_roles(admin, membership=ben, roles=grants([("agent", None)]))


def test_who_leaves_has_no_open_invitation(admin: Member) -> None:
    contact = people.add_contact(admin, profile=Profile(name="Nia", mail="nia@people.example"))
    invitation = people.invite(admin, mail="nia@people.example", name="Nia")
    people.leave(admin, membership=contact)
    invitation.refresh_from_db()
    assert invitation.withdrawn_at


def test_a_team_is_changed_as_a_whole(admin: Member, member: Make) -> None:
    ben, chloe = member("agent"), member("agent")
    team = teams.add_team(admin, draft=TeamDraft(name="Network", seats=frozenset({ben.id})))
    teams.edit_team(admin, team=team, draft=TeamDraft(name="Network", seats=frozenset({chloe.id})))
    assert list(TeamSeat.objects.values_list("membership", flat=True)) == [chloe.id]
    assert kinds() == ["team.added", "team.edited"]
    with pytest.raises(NotPossible):
        teams.add_team(admin, draft=TeamDraft(name="nETWORK"))


def test_strangers_and_leavers_get_no_seat(admin: Member, quill: Organisation, member: Make) -> None:
    theirs = member("agent", organisation=quill)
    left = MembershipFactory(state=Membership.State.LEFT)
    for seat in (theirs.id, left.pk):
        with pytest.raises(NotPossible):
            teams.add_team(admin, draft=TeamDraft(name="Network", seats=frozenset({seat})))
    assert kinds() == []
    assert not TeamSeat.objects.exists()


def test_actions_refuse_to_run_unbound(member: Make) -> None:
    admin = member("administrator")
    with pytest.raises(Unbound):
        people.add_contact(admin, profile=Profile(name="Nia"))
    with pytest.raises(Unbound):
        teams.add_team(admin, draft=TeamDraft(name="Network"))
