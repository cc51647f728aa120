"""Who tries what they may not leaves a trace, and nothing else; and can't fill the trail with it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from tenancy.actions import denials
from tenancy.members import Member
from tenancy.models import Organisation, Team, TrailEntry
from tenancy.wall import bound

pytestmark = pytest.mark.django_db
TEAM = {"name": "Network", "is_active": "on", "seats-TOTAL_FORMS": "0", "seats-INITIAL_FORMS": "0"}
ADD = "/desk/tenancy/team/add/"
Make = Callable[..., Member]
SignIn = Callable[..., Client]


def noted(organisation: Organisation) -> list[TrailEntry]:
    with bound(organisation.id):
        return list(TrailEntry.objects.filter(kind=denials.KIND).select_related("actor"))


def test_a_refused_write_is_on_the_trail(member: Make, client_of: SignIn, harbour: Organisation) -> None:
    agent = member("agent")
    assert client_of(agent).post(ADD, TEAM).status_code == 403
    (entry,) = noted(harbour)
    assert (entry.actor_id, entry.record, entry.record_id) == (agent.id, "membership", agent.id)
    assert entry.facts == {"route": "/desk/tenancy/team/add/"}
    with bound(harbour.id):
        assert not Team.objects.exists()


def test_looking_and_late_forms_are_not(
    member: Make, client_of: SignIn, harbour: Organisation, stranger: Client
) -> None:
    agent = member("agent")
    assert client_of(agent).get(ADD).status_code == 403
    assert client_of(agent, enforce_csrf_checks=True).post(ADD, TEAM).status_code == 403
    assert stranger.post(ADD, TEAM).status_code == 403
    assert noted(harbour) == []


def test_no_more_than_so_many_an_hour_of_each(
    member: Make, client_of: SignIn, harbour: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denials, "MOST", 3)
    first, second = client_of(member("agent")), client_of(member("agent"))
    for browser in (first, first, first, first, first, second):
        assert browser.post(ADD, TEAM).status_code == 403
    assert len(noted(harbour)) == 4


def test_a_refusal_that_can_not_be_noted_is_still_one(
    member: Make, client_of: SignIn, harbour: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("the disk is full")

    monkeypatch.setattr("tenancy.trail.record", fail)
    assert client_of(member("agent")).post(ADD, TEAM).status_code == 403
