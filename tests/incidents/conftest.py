"""What the tests of this room share: a folder for uploads, and a cast with every role around one team."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from incidents.models import Following, Service
from tenancy import members
from tenancy.members import Member
from tenancy.models import Membership, Organisation, RoleGrant, Team, TeamSeat
from tenancy.wall import bound
from tests.factories import TeamFactory
from tests.incidents.factories import ServiceFactory


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Path) -> Path:
    """Uploads of a test go into a folder of its own."""
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return tmp_path


@dataclass(frozen=True)
class Cast:
    """One member for every way to stand towards an incident of ``service``, which ``team`` owns."""

    team: Team
    other_team: Team
    service: Service
    reporter: Member
    affected: Member
    participant: Member
    bystander: Member
    stakeholder: Member
    agent: Member
    mate: Member
    outside_agent: Member
    lead: Member
    team_lead: Member
    other_lead: Member
    problem_manager: Member
    manager: Member
    auditor: Member
    administrator: Member

    def members(self) -> dict[str, Member]:
        """Everybody by what they are called here."""
        return {name: value for name, value in vars(self).items() if isinstance(value, Member)}


# Which roles each of the cast has, and in which team: theirs, the other, or none.
ROLES: dict[str, tuple[str, str]] = {
    "reporter": ("", ""),
    "affected": ("", ""),
    "participant": ("", ""),
    "bystander": ("", ""),
    "stakeholder": ("stakeholder", ""),
    "agent": ("agent", ""),
    "mate": ("agent", "team"),
    "outside_agent": ("agent", "other_team"),
    "lead": ("team_lead", ""),
    "team_lead": ("team_lead", "team"),
    "other_lead": ("team_lead", "other_team"),
    "problem_manager": ("problem_manager", ""),
    "manager": ("incident_manager", ""),
    "auditor": ("auditor", ""),
    "administrator": ("administrator", ""),
}


def _set_the_stage(organisation: Organisation) -> Cast:
    teams = {"team": TeamFactory(name="Printing"), "other_team": TeamFactory(name="Networks")}
    service = ServiceFactory(name="Printers", owner_team=teams["team"])
    people = {
        name: Membership(name=name.replace("_", " ").title(), mail=f"{name}@{organisation.slug}.example")
        for name in ROLES
    }
    # All at once, for most tests of this room begin here.
    Membership.objects.bulk_create(people.values())
    given = [(people[name], role, teams.get(team)) for name, (role, team) in ROLES.items()]
    RoleGrant.objects.bulk_create(RoleGrant(membership=one, role=role, team=team) for one, role, team in given if role)
    TeamSeat.objects.bulk_create(TeamSeat(membership=one, team=team) for one, _role, team in given if team)
    Following.objects.create(service=service, membership=people["stakeholder"])
    loaded = {one.pk: members.load(one, organisation) for one in members.with_rights(Membership.objects.all())}
    made = {name: loaded[one.pk] for name, one in people.items()}
    return Cast(**teams, service=service, **made)


@pytest.fixture
def cast(quill: Organisation, bind: None, harbour: Organisation) -> Cast:
    """The whole cast in harbour, which is bound; their namesakes play in quill."""
    with bound(quill.id):
        _set_the_stage(quill)
    return _set_the_stage(harbour)


@pytest.fixture
def reporter(bind: None, member: Callable[..., Member]) -> Member:
    """Somebody who reports."""
    return member()


@pytest.fixture
def agent(bind: None, member: Callable[..., Member]) -> Member:
    """An agent of no team, who may work everywhere."""
    return member("agent")


@pytest.fixture
def lead(bind: None, member: Callable[..., Member]) -> Member:
    """A team lead of no team, who may decide everywhere."""
    return member("team_lead")
