"""No row's number leaves the house: it would tell how many rows all organisations have together."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.signing import b64_encode
from django.db import models
from django.utils.http import int_to_base36

from notifications.models import OutboxMessage
from tenancy.models import Membership, Team, TrailEntry
from tenancy.wall import bound
from tests.architecture import matrix, matrix_api, sent
from tests.architecture.asking import Answer, ask
from tests.architecture.test_access_matrix import attempt
from tests.architecture.world import World
from tests.database import owner
from tests.factories import PASSWORD

pytestmark = [pytest.mark.database, pytest.mark.slow]
# Rows made from now on are counted from here, so that each number is known for what it is.
FAR_UP = 7_000_000_000
NUMBER = re.compile(rb"(?<![0-9A-Za-z])7\d{9}(?![0-9A-Za-z])")
ROWS = [*matrix.rows(), *matrix_api.rows()]
OPEN = tuple("+=cu*")
CURIOUS = ("administrator", "auditor", "incident_manager", "mate", "owner")


def counters() -> Iterator[tuple[str, str]]:
    """Every table that counts its rows in a bigint."""
    for model in apps.get_models():
        if isinstance(model._meta.pk, models.BigAutoField):
            yield model._meta.db_table, model._meta.pk.column


@pytest.fixture(scope="module")
def far_up(django_db_setup: None) -> Iterator[None]:
    """Let every table count from far up, and later from where it was."""
    with owner() as database:
        names = [
            database.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column]).fetchone()[0]
            for table, column in counters()
        ]
        before = {name: database.execute(f"SELECT last_value, is_called FROM {name}").fetchone() for name in names}
        for place, name in enumerate(names):
            database.execute("SELECT setval(%s::regclass, %s)", [name, FAR_UP + place * 1_000_000])
        yield
        for name, (value, called) in before.items():
            database.execute("SELECT setval(%s::regclass, %s, %s)", [name, value, called])


@pytest.fixture(scope="module")
def world(far_up: None, world: World) -> World:
    """The world, counted from far up."""
    return world


def numbers_in(answer: Answer) -> set[bytes]:
    """What of the answer is a row's number: in the page, where it leads, and what the next page will say."""
    told = [str(one) for one in getattr(answer.response.wsgi_request, "_messages", [])]
    headers = [value for name, value in answer.headers.items() if name != "Set-Cookie"]
    return set(NUMBER.findall(b"\n".join([answer.body, *(one.encode() for one in [*told, *headers])])))


def test_the_numbers_are_recognised(world: World) -> None:
    member = world.harbour.members["owner"]
    assert NUMBER.fullmatch(str(member.id).encode())


@pytest.mark.parametrize("route", sorted({row.route for row in ROWS}))
def test_no_answer_tells_a_number(route: str, world: World) -> None:
    found: dict[str, Any] = {}
    for row in ROWS:
        for actor in CURIOUS:
            if row.route != route or row.target == "beyond" or row.expected.get(actor, "") not in OPEN:
                continue
            if numbers := numbers_in(attempt(world, row, row.target, actor)):
                found[f"{row.method} {row.target} {actor}"] = numbers
    assert not found


POPUPS = [
    ("desk:tenancy_team_add", "-"),
    ("desk:incidents_incidenttype_add", "-"),
    ("desk:incidents_service_change", "here"),
]


@pytest.mark.parametrize("button", ["_popup", "_continue", "_addanother", "_saveasnew", "_save"])
@pytest.mark.parametrize(("route", "target"), POPUPS)
def test_no_way_of_saving_tells_a_number(route: str, target: str, button: str, world: World) -> None:
    form = {**sent.form(world, route, target), button: "1"}
    path = sent.address(world, route, target, "administrator")
    answer = ask(world.harbour, world.sessions["administrator"], "POST", path, form)
    assert answer.status in (200, 302)
    assert numbers_in(answer) == set()


def test_no_trail_entry_tells_a_number(world: World) -> None:
    house, session = world.harbour, world.sessions["auditor"]
    with bound(house.organisation.id):
        entries = list(TrailEntry.objects.values_list("public_id", "kind"))
        team = TrailEntry.objects.filter(facts__team_id__gt=0).latest("id")
        named = str(Team.objects.values_list("public_id", flat=True).get(pk=team.facts["team_id"]))
    for public_id, kind in entries:
        answer = ask(house, session, "GET", f"/desk/tenancy/trailentry/{public_id}/change/")
        assert (answer.status, numbers_in(answer)) == (200, set()), kind
        assert public_id != team.public_id or named in answer.text


@pytest.mark.parametrize("path", ["/account/password/reset/", "/account/login/"])
def test_no_mail_of_signing_in_tells_a_number(path: str, world: World) -> None:
    def posted() -> str:
        with bound(house.organisation.id):
            return str(OutboxMessage.objects.filter(kind="account_message").latest("id").facts["body"])

    house = world.harbour
    with bound(house.organisation.id):
        person = Membership.objects.get(pk=house.members["owner"].id).person
    assert person
    address = EmailAddress.objects.get(user=person)
    EmailAddress.objects.filter(pk=address.pk).update(verified=path != "/account/login/")
    typed = {"email": person.email, "login": person.email, "password": PASSWORD}
    body = ask(house, "", "POST", path, typed, look=posted).seen
    assert "/account/" in body
    for number in (person.pk, address.pk):
        told = {str(number), int_to_base36(number), b64_encode(str(number).encode()).decode()}
        assert told.isdisjoint(re.findall(r"[0-9A-Za-z]+", body))


def test_the_organisation_is_found_by_its_name(world: World) -> None:
    answer = ask(world.harbour, world.sessions["administrator"], "GET", "/desk/tenancy/organisation/")
    assert answer.headers["Location"] == "/desk/tenancy/organisation/harbour/change/"


def test_a_number_opens_nothing(world: World) -> None:
    member, session = world.harbour.members["owner"], world.sessions["administrator"]
    for page in ("change", "history", "verb/leave"):
        answer = ask(world.harbour, session, "GET", f"/desk/tenancy/membership/{member.id}/{page}/")
        assert answer.status == 404
