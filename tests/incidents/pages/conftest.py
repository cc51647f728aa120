"""Browsers for whoever a test needs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import bound
from tests.factories import PersonFactory
from tests.incidents.pages.reading import Browser

Browse = Callable[..., Browser]


@pytest.fixture
def browse(client_of: Callable[..., Client]) -> Browse:
    """Give a member a browser, and a login where they have none: ``browse(agent).get("/desk/incidents/")``."""

    def sign_in(member: Member, **options: Any) -> Browser:
        with bound(member.organisation_id):
            if Membership.objects.filter(pk=member.id, person=None).exists():
                Membership.objects.filter(pk=member.id).update(person=PersonFactory(email=member.mail))
        return Browser(client_of(member, **options))

    return sign_in
