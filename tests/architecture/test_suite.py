"""The suite proves something only if it runs as the app's role."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client

from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import Unbound, bound, check_role


def test_the_suite_cannot_bypass_the_wall(db: None) -> None:
    assert check_role(connection) == ""


def test_both_organisations_have_namesakes(
    harbour: Organisation, quill: Organisation, member: Callable[..., Member]
) -> None:
    ada = member("agent")
    with bound(quill.id):
        assert [found.name for found in Membership.objects.all()] == [ada.name]
        assert not Membership.objects.filter(pk=ada.id).exists()
    with pytest.raises(Unbound):
        Membership.objects.count()


def test_a_signed_in_browser_is_let_in(member: Callable[..., Member], client_of: Callable[[Member], Client]) -> None:
    client = client_of(member())
    client.get("/account/login/")
    assert client.session.get("_auth_user_id")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_commits_is_swept_away(turn: int, member: Callable[..., Member]) -> None:
    someone = member()
    with bound(someone.organisation_id):
        assert Membership.objects.count() == 1
