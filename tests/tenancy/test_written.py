"""Statements that are written once, and filled in for whoever asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from tenancy.members import Member
from tenancy.models import Membership, Organisation, Team, TeamSeat
from tenancy.wall import OneOf, Unbound, Written, bound
from tests.factories import TeamFactory

TEAMS = Written(lambda *names: Team.objects.filter(name__in=names).order_by("name"))


def test_each_value_is_filled_in_anew(bind: None) -> None:
    for name in ("North", "South", "West"):
        TeamFactory(name=name)
    assert [team.name for team in TEAMS("North")] == ["North"]
    assert [team.name for team in TEAMS("West")] == ["West"]
    assert [team.name for team in TEAMS("West", "South")] == ["South", "West"]
    assert TEAMS.first("East") is None


def test_many_numbers_are_one_value(bind: None) -> None:
    north, south, west = (TeamFactory(name=name) for name in ("North", "South", "West"))
    of_these = Written(lambda numbers, name: Team.objects.filter(OneOf("pk", numbers), name__gt=name).order_by("name"))
    assert of_these((north.pk, west.pk), "A") == [north, west]
    assert of_these((south.pk, north.pk, west.pk), "P") == [south, west]
    assert of_these((), "A") == []


def test_another_organisation_sees_its_own(harbour: Organisation, quill: Organisation) -> None:
    for one in (harbour, quill):
        with bound(one.id):
            TeamFactory(name="North")
            assert [team.organisation_id for team in TEAMS("North")] == [one.id]


@pytest.mark.django_db
def test_without_an_organisation_nothing_is_asked(harbour: Organisation) -> None:
    with bound(harbour.id):
        TEAMS("North")
    with pytest.raises(Unbound):
        TEAMS("North")


def test_what_is_read_beside_comes_along(
    bind: None, member: Callable[..., Member], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    team = TeamFactory(name="North")
    who = member("agent", team=team, name="Ada Voss")
    seats = Written(lambda team_id: TeamSeat.objects.filter(team=team_id).select_related("membership"))
    with django_assert_num_queries(1):
        assert [(seat.membership.pk, seat.membership.name) for seat in seats(team.pk)] == [(who.id, "Ada Voss")]


def test_a_word_has_a_statement_of_its_own(bind: None) -> None:
    def make(name: str, *, backwards: bool) -> QuerySet[Team]:
        return Team.objects.filter(name__gte=name).order_by("-name" if backwards else "name")

    TeamFactory(name="North"), TeamFactory(name="South")
    read = Written(make)
    assert [team.name for team in read("M", backwards=False)] == ["North", "South"]
    assert [team.name for team in read("M", backwards=True)] == ["South", "North"]
    assert [team.name for team in read("O", backwards=False)] == ["South"]


def test_a_value_that_is_none_of_the_statement_is_refused(bind: None) -> None:
    """It would decide the SQL for everybody who comes after."""
    with pytest.raises(TypeError):
        Written(lambda limit: Team.objects.order_by("pk")[:limit])(3)
    with pytest.raises(TypeError):
        Written(lambda name, unused: Team.objects.filter(name=name))("North", "South")


def test_a_statement_that_depends_on_more_is_found_out(bind: None) -> None:
    rights: dict[str, Any] = {"name": "North"}
    read = Written(lambda state: Membership.objects.filter(state=state, **rights))
    read("active")
    rights["name"] = "South"
    with pytest.raises(AssertionError, match="Written once"):
        read("active")
