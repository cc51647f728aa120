"""Two connections at once: one clean outcome."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from tenancy import clock
from tenancy.actions import people, teams
from tenancy.actions.invitations import CannotJoin, issue
from tenancy.drafts import Profile, TeamDraft, grants
from tenancy.members import Member
from tenancy.models import Invitation, Membership, Organisation, Person, RoleGrant, Team, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(organisation: Organisation, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all at the same time, each on a connection of its own; return the results and refusals."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        try:
            start.wait()
            with bound(organisation.id):
                return deed()
        except NotPossible as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(run, deeds))


def test_one_invitation_accepted_twice_at_once_is_one_member(harbour: Organisation) -> None:
    with bound(harbour.id):
        issued = issue(None, mail="nia@people.example", name="Nia", roles=grants([("agent", None)]), at=clock.now())
    token = issued.path.split("/")[2]

    def accept() -> Any:
        return people.join_as_new(token=token, name="Nia", password=PASSWORD)

    told = at_once(harbour, accept, accept, accept)
    assert sorted(type(one).__name__ for one in told) == ["CannotJoin", "CannotJoin", "tuple"]
    assert {one.standing for one in told if isinstance(one, CannotJoin)} == {"used"}
    with bound(harbour.id):
        assert Person.objects.count() == Membership.objects.count() == RoleGrant.objects.count() == 1
        assert TrailEntry.objects.filter(kind="membership.joined").count() == 1


def test_one_address_invited_twice_at_once_has_one_good_link(
    harbour: Organisation, member: Callable[..., Member]
) -> None:
    ada = member("administrator")
    at_once(harbour, *[partial(people.invite, ada, mail="nia@people.example", name="Nia")] * 3)
    with bound(harbour.id):
        assert Invitation.objects.count() == 3
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1


def test_one_address_invited_by_two_organisations_is_one_person(harbour: Organisation, quill: Organisation) -> None:
    tokens = {}
    for organisation in (harbour, quill):
        with bound(organisation.id):
            issued = issue(None, mail="nia@people.example", name="Nia", roles=frozenset(), at=clock.now())
            tokens[organisation.id] = issued.path.split("/")[2]

    def accept(organisation: Organisation) -> Callable[[], Any]:
        def deed() -> Any:
            with bound(organisation.id):
                return people.join_as_new(token=tokens[organisation.id], name="Nia", password=PASSWORD)

        return deed

    told = at_once(harbour, accept(harbour), accept(quill))
    assert [one.standing for one in told if isinstance(one, CannotJoin)] == ["known"]
    assert Person.objects.count() == 1


def test_one_address_added_twice_at_once_is_one_contact(harbour: Organisation, member: Callable[..., Member]) -> None:
    ada, ben = member("agent"), member("agent")
    deeds = [
        partial(people.add_contact, one, profile=Profile(name="Nia", mail="nia@people.example")) for one in (ada, ben)
    ]
    told = at_once(harbour, *deeds)
    assert [str(one) for one in told if isinstance(one, NotPossible)] == [
        "Somebody here has this mail address already."
    ]
    with bound(harbour.id):
        assert Membership.objects.filter(mail="nia@people.example").count() == 1


def test_one_team_founded_twice_at_once_is_one_team(harbour: Organisation, member: Callable[..., Member]) -> None:
    ada, ben = member("administrator"), member("administrator")
    told = at_once(harbour, *(partial(teams.add_team, one, draft=TeamDraft(name="Networks")) for one in (ada, ben)))
    assert [str(one) for one in told if isinstance(one, NotPossible)] == ["There is a team of this name already."]
    with bound(harbour.id):
        assert Team.objects.filter(name="Networks").count() == 1


def test_two_administrators_who_remove_each_other_leave_one(
    harbour: Organisation, member: Callable[..., Member]
) -> None:
    ada, ben = member("administrator"), member("administrator")
    with bound(harbour.id):
        ada_row, ben_row = (Membership.objects.get(pk=one.id) for one in (ada, ben))
    told = at_once(
        harbour,
        lambda: people.set_roles(ada, membership=ben_row, roles=frozenset()),
        lambda: people.leave(ben, membership=ada_row),
    )
    assert len([one for one in told if isinstance(one, NotPossible)]) == 1
    with bound(harbour.id):
        assert RoleGrant.objects.filter(role="administrator").count() == 1
