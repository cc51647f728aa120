"""Two organisations in every test, seen through the app's role; what commits is swept away by the owner."""

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from hypothesis import settings as hypothesis

from tenancy import members
from tenancy.members import Member
from tenancy.middleware import SESSION_KEY
from tenancy.models import Membership, Organisation, Person, Team
from tenancy.wall import bound
from tests import database
from tests.factories import MembershipFactory, PersonFactory, RoleGrantFactory, TeamSeatFactory

# The nth member of each organisation has the nth of these names: namesakes on both sides of the wall.
NAMES = ["Ada Marsh", "Ben Okoro", "Chloe Winter", "Dario Lund", "Elif Stone", "Femi Brook", "Greta Holm", "Hugo Vale"]


# Found examples are found again on every machine; how many there are is up to each test.
hypothesis.register_profile("stillwater", derandomize=True, deadline=None, database=None)
hypothesis.load_profile("stillwater")


def pytest_configure(config: pytest.Config) -> None:
    """Name our markers."""
    config.addinivalue_line("markers", "database: talks to PostgreSQL (set by itself)")
    config.addinivalue_line("markers", "slow: takes more than some seconds")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what touches the database, so that it can be run once more on another PostgreSQL; leave out the long."""
    if "long" not in config.getoption("markexpr"):
        left_out = [item for item in items if item.get_closest_marker("long")]
        items[:] = [item for item in items if not item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=left_out)
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db", "live_server"}:
            item.add_marker(pytest.mark.database)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often, and not among what was imported and collected: it is a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop this run's databases, once all workers are done."""
    if not hasattr(session.config, "workerinput"):
        database.drop_all()


@pytest.fixture(autouse=True)
def plain_speech() -> None:
    """Each test begins in English and UTC, in whatever language the last one's reader was answered."""
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: Any) -> None:
    """The owner makes the database; from then on everything is done as the app's role."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        database.make(worker)
    TransactionTestCase._fixture_teardown = lambda case: database.empty()


@pytest.fixture
def harbour(db: None) -> Organisation:
    """The organisation that tests look from; its host is ``harbour.testserver``."""
    return Organisation.objects.get(slug="harbour")


@pytest.fixture
def quill(db: None) -> Organisation:
    """The organisation beyond the wall; its host is ``quill.testserver``."""
    return Organisation.objects.get(slug="quill")


@pytest.fixture
def bind(harbour: Organisation) -> Iterator[None]:
    """Bind harbour for the whole test."""
    with bound(harbour.id):
        yield


@pytest.fixture
def member(harbour: Organisation, quill: Organisation) -> Callable[..., Member]:
    """Make members: ``member("agent", "auditor", team=..., organisation=quill, name=..., person=...)``.

    No role means a plain requester. A ``team`` limits the roles to it and gives a seat in it. Each member gets a
    namesake with the same roles in the other organisation.
    """

    def make(*roles: str, team: Team | None = None, organisation: Organisation | None = None, **fields: Any) -> Member:
        home = organisation or harbour
        with bound(home.id):
            fields.setdefault("name", NAMES[Membership.objects.count() % len(NAMES)])
            membership = _membership(home, roles, team, fields)
            made = members.load(membership, home)
        other = quill if home.id == harbour.id else harbour
        with bound(other.id):
            _membership(other, roles, None, {"name": fields["name"]})
        return made

    return make


def _membership(home: Organisation, roles: tuple[str, ...], team: Team | None, fields: dict[str, Any]) -> Membership:
    if "person" not in fields:
        slug = f"{fields['name'].lower().replace(' ', '.')}.{Membership.objects.count()}"
        fields["person"] = PersonFactory(email=fields.get("mail") or f"{slug}@{home.slug}.example")
    membership = MembershipFactory(**fields)
    for role in roles:
        RoleGrantFactory(membership=membership, role=role, team=team)
    if team:
        TeamSeatFactory(membership=membership, team=team)
    return membership


@pytest.fixture
def client_of(db: None) -> Callable[[Member], Client]:
    """Give a browser in which the member is signed in, on their organisation's host."""

    def sign_in(member: Member, **kwargs: Any) -> Client:
        organisation = Organisation.objects.get(pk=member.organisation_id)
        with bound(organisation.id):
            person = Person.objects.get(pk=Membership.objects.values_list("person_id").get(pk=member.id)[0])
        client = Client(SERVER_NAME=f"{organisation.slug}.testserver", **kwargs)
        client.force_login(person)
        session = client.session
        assert session[PERSON_KEY] == str(person.pk)
        session[SESSION_KEY] = organisation.id
        session.save()
        return client

    return sign_in


@pytest.fixture
def stranger(harbour: Organisation) -> Client:
    """A browser at harbour's door in which nobody is signed in."""
    return Client(SERVER_NAME="harbour.testserver")
