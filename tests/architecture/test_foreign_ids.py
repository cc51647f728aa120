"""Ids inside forms and queries: what one may not see can't be named, and naming it tells nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from incidents.models import Attachment
from tenancy.models import RoleGrant, TeamSeat
from tenancy.wall import TenantModel, bound
from tests.architecture import sent
from tests.architecture.asking import Answer, ask, everything
from tests.architecture.world import MISSING_NUMBER, MISSING_UUID, House, World

pytestmark = [pytest.mark.database, pytest.mark.slow]
Pick = Callable[[House], Any]


@dataclass(frozen=True)
class Field:
    """A field that names a row: who sends which form, where, and which row of a house it names."""

    route: str
    target: str
    name: str
    pick: Pick
    actor: str = "agent"
    more: dict[str, Any] = field(default_factory=dict)
    nothing: Any = MISSING_UUID
    out_of_reach: dict[str, Pick] = field(default_factory=dict)
    """Rows of one's own organisation that can't be named either."""
    refused: int = 422

    @property
    def title(self) -> str:
        """How the test is called."""
        return f"{self.route}-{self.name}"


def row(name: str) -> Pick:
    """Pick a row by what the house calls it."""
    return lambda house: house.ids[name]


def person(name: str) -> Pick:
    """Pick a membership."""
    return lambda house: house.public_ids[name]


def mail(name: str) -> Pick:
    """Pick a membership by what is typed."""
    return lambda house: house.members[name].mail


def rows_of(prefix: str, **cells: Any) -> dict[str, Any]:
    """One row of a table inside a form of the desk."""
    first = {f"{prefix}-0-{name}": value for name, value in cells.items()}
    return {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0, **first}


desk_form = partial(Field, actor="administrator", refused=200)
act = "desk:incident-act/"
FIELDS = [
    Field("incidents:portal-report", "-", "service", row("service")),
    Field("desk:incident-new", "-", "service", row("service")),
    Field(
        "desk:incident-new", "-", "requester", mail("mate"), nothing="unheard-of@harbour.example",
        out_of_reach={"left": mail("left")},
    ),
    Field(
        "desk:incident-new", "-", "affected", mail("mate"), nothing="unheard-of@harbour.example",
        out_of_reach={"left": mail("left")},
    ),
    Field("desk:incident-new", "-", "type", row("incidenttype")),
    Field("desk:incident-new", "-", "category", row("category")),
    Field(
        f"{act}assign", "hidden", "assignee", person("mate"),
        out_of_reach={"no agent": person("nobody"), "another team's": person("outsider"), "left": person("left")},
    ),
    Field(
        f"{act}assign", "restricted", "assignee", person("own_lead"), actor="mate",
        out_of_reach={"not of the team": person("agent")},
    ),
    Field(f"{act}route", "hidden", "team", row("team")),
    Field(f"{act}classify", "hidden", "type", row("incidenttype")),
    Field(f"{act}classify", "hidden", "category", row("category")),
    Field(f"{act}classify", "hidden", "service", row("service")),
    Field(
        f"{act}involve", "hidden", "person", mail("mate"), nothing="unheard-of@harbour.example",
        out_of_reach={"left": mail("left")},
    ),
    Field(f"{act}release", "joined", "person", person("mate")),
    Field(
        f"{act}conclude", "hidden", "hypothesis", row("hypothesis_hidden"),
        out_of_reach={"another incident's": row("hypothesis_joined")},
    ),
    Field(
        f"{act}cancel", "hidden", "duplicate_of", row("followed"), more={"ending": "duplicate"},
        nothing=MISSING_NUMBER, out_of_reach={"restricted": row("restricted")}, refused=409,
    ),
    desk_form("desk:tenancy_membership_change", "here", "manager", person("mate")),
    desk_form(
        "desk:tenancy_membership_change", "here", "grants_held-0-team", row("team"),
        more=rows_of("grants_held", role="agent"),
    ),
    desk_form("desk:tenancy_team_add", "-", "seats-0-membership", person("mate"), more=rows_of("seats")),
    desk_form("desk:tenancy_invitation_add", "-", "team", row("team"), more={"roles": ["agent"]}),
    desk_form("desk:incidents_service_add", "-", "owner_team", row("team")),
    desk_form(
        "desk:incidents_service_add", "-", "followings-0-membership", person("stakeholder"),
        more=rows_of("followings"),
    ),
    desk_form("desk:incidents_category_add", "-", "parent", row("category")),
    desk_form("desk:incidents_policy_add", "-", "calendar", row("calendar")),
    desk_form("desk:incidents_policy_add", "-", "service", row("service")),
    desk_form("desk:incidents_policy_add", "-", "type", row("incidenttype")),
    desk_form("desk:incidents_deskrules_change", "here", "catch_all", person("mate")),
]  # fmt: skip


def send(world: World, given: Field, value: Any, look: Callable[[], object]) -> Answer:
    """Send the form with this value."""
    form = {**sent.form(world, given.route, given.target), **given.more, given.name: value}
    path = sent.address(world, given.route, given.target, given.actor)
    return ask(world.harbour, world.sessions[given.actor], "POST", path, form, look=look)


def likeness(answer: Answer, name: str, value: Any) -> tuple[object, ...]:
    """What came back, but for the value itself, which a form shows again."""
    *rest, page = answer.likeness
    for typed in (f'name="{name}" value="{value}"', f"{name}={value}", f"{value}</textarea>"):
        page = str(page).replace(typed, "")
    return *rest, page


@pytest.mark.parametrize("given", FIELDS, ids=lambda given: given.title)
def test_a_row_that_is_out_of_reach_cannot_be_named(given: Field, world: World) -> None:
    look = partial(everything, world.harbour, world.quill)
    before = look()
    good = send(world, given, given.pick(world.harbour), look)
    assert good.status == 302, good.text
    assert good.seen != before
    bad = {"other": given.pick(world.quill), "missing": given.nothing}
    bad |= {name: pick(world.harbour) for name, pick in given.out_of_reach.items()}
    answers = {name: send(world, given, value, look) for name, value in bad.items()}
    assert {name: answer.status for name, answer in answers.items()} == dict.fromkeys(bad, given.refused)
    assert {name: answer.seen for name, answer in answers.items() if answer.written} in ({}, dict.fromkeys(bad, before))
    for name, answer in answers.items():
        nothing = likeness(answers["missing"], given.name, given.nothing)
        assert likeness(answer, given.name, bad[name]) == nothing, name


KEPT = [
    ("incidents:portal-report", "-"),
    ("incidents:portal-act/comment", "joined"),
    ("desk:incident-compose", "joined"),
    ("desk:incident-new", "-"),
]


def handed_in(house: House) -> tuple[set[str], set[str]]:
    """The files that belong to the house's incidents, and those that wait for their form."""
    with bound(house.organisation.id):
        files = list(Attachment.objects.values_list("uuid", "incident"))
    return {str(uuid) for uuid, incident in files if incident}, {str(uuid) for uuid, incident in files if not incident}


@pytest.mark.parametrize("name", ["kept_files", "offered_files"])
@pytest.mark.parametrize(("route", "target"), KEPT)
def test_nobody_hands_in_or_throws_away_the_files_of_others(route: str, target: str, name: str, world: World) -> None:
    def touched(uuid: Any) -> tuple[bool, bool]:
        given = Field(route, target, name, row("kept"))
        given_in, waiting = send(world, given, [str(uuid)], partial(handed_in, world.harbour)).seen
        return str(uuid) in given_in, str(uuid) in waiting

    ours, theirs = world.harbour.ids, world.quill.ids
    assert touched(ours["kept"]["agent"]) == (name == "kept_files", False)
    assert touched(ours["kept"]["owner"]) == (False, True)
    assert touched(ours["secret_file"]) == (True, False)  # where it was before
    for uuid in (theirs["kept"]["agent"], theirs["public_file"], MISSING_UUID, "nonsense"):
        assert touched(uuid) == (False, False)


INLINES: list[tuple[str, str, type[TenantModel], dict[str, str]]] = [
    ("desk:tenancy_membership_change", "grants_held", RoleGrant, {"role": "auditor"}),
    ("desk:tenancy_team_change", "seats", TeamSeat, {}),
]


@pytest.mark.parametrize("deleted", [{}, {"DELETE": "on"}], ids=["changed", "deleted"])
@pytest.mark.parametrize("name", ["quill", "harbour"])
@pytest.mark.parametrize(("route", "prefix", "model", "cells"), INLINES, ids=["grants", "seats"])
def test_a_form_changes_no_rows_of_another_record(
    route: str,
    prefix: str,
    model: type[TenantModel],
    cells: dict[str, str],
    name: str,
    deleted: dict[str, str],
    world: World,
) -> None:
    house: House = getattr(world, name)

    def mates_row() -> list[dict[str, Any]]:
        with bound(house.organisation.id):
            return list(model.objects.filter(pk=house.ids[f"mates_{prefix}"]).values())

    rows = rows_of(prefix, id=house.ids[f"mates_{prefix}"], **cells, **deleted)
    given = desk_form(route, "here", f"{prefix}-INITIAL_FORMS", row("team"), more=rows)
    answer = send(world, given, 1, mates_row)
    assert answer.status in (200, 302)
    assert (answer.seen if answer.written else mates_row()) == mates_row() != []


@pytest.mark.parametrize("name", ["team", "service", "type"])
def test_filters_tell_nothing_of_what_is_out_of_reach(name: str, world: World) -> None:
    def narrowed(value: Any) -> tuple[object, ...]:
        answer = ask(world.harbour, world.sessions["agent"], "GET", f"/desk/incidents/?tab=all&{name}={value}")
        return likeness(answer, name, value)

    key = {"team": "used_team", "service": "used_service", "type": "incidenttype"}[name]
    assert narrowed(world.quill.ids[key]) == narrowed(MISSING_UUID) != narrowed(world.harbour.ids[key])


def test_what_is_restricted_is_in_no_list_search_or_count(world: World) -> None:
    def page(actor: str, query: str) -> str:
        return ask(world.harbour, world.sessions[actor], "GET", f"/desk/incidents/?{query}").text

    label = f"INC-{world.harbour.ids['restricted']}"
    for query in ("tab=all", "tab=all&q=restricted", f"tab=all&q={label}", "tab=unassigned", "tab=all&sort=title"):
        assert label in page("mate", query), query
        found = page("agent", query).replace(f'value="{label}"', "").replace(f"q={label}", "")
        assert label not in found, query
