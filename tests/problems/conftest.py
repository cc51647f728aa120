"""Fixtures of the problems' tests: the cast of the incidents' ones, who can sign in here."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.members import Member
from tenancy.models import Membership
from tests.api.conftest import program
from tests.factories import PersonFactory
from tests.incidents.conftest import agent, cast, lead, own_folder, reporter

__all__ = ["agent", "cast", "enter", "lead", "own_folder", "program", "reporter"]

Enter = Callable[[Member], Client]


@pytest.fixture
def enter(client_of: Callable[[Member], Client]) -> Enter:
    """Give a browser in which one of the cast is signed in, with a login that is made for it."""

    def sign_in(member: Member) -> Client:
        who = Membership.objects.filter(pk=member.id)
        if who.filter(person=None).exists():
            who.update(person=PersonFactory(email=member.mail))
        return client_of(member)

    return sign_in
