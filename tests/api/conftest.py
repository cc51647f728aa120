"""Programs that speak to the API, for whoever a test needs."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import bound
from tests.factories import PersonFactory
from tests.incidents.conftest import cast, own_folder

__all__ = ["cast", "own_folder"]  # fixtures

PREFIX = "/api/v1/"


@dataclass
class Program:
    """Somebody's program."""

    client: Client

    def get(self, path: str, query: Any = None, **headers: str) -> Any:
        """Ask for something below `PREFIX`, or for an address that an answer named."""
        return self.client.get(_address(path), query, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON."""
        text = body if isinstance(body, str | bytes) else json.dumps(body or {})
        return self.client.post(_address(path), text, content_type="application/json", headers=headers)


def _address(path: str) -> str:
    return path if path.startswith("/") else f"{PREFIX}{path}"


@pytest.fixture
def program(client_of: Callable[..., Client]) -> Callable[..., Program]:
    """Give a member a program, and a login where they have none: ``program(agent).get("incidents/")``."""

    def start(member: Member, **options: Any) -> Program:
        with bound(member.organisation_id):
            if Membership.objects.filter(pk=member.id, person=None).exists():
                Membership.objects.filter(pk=member.id).update(person=PersonFactory(email=member.mail))
        return Program(client_of(member, **options))

    return start
