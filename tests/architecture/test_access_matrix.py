"""Every address x everybody x everything: who gets in, and that whoever is turned away has changed nothing."""

import json
from functools import partial
from typing import Any

import pytest

from incidents.lifecycle import Verb
from problems.lifecycle import Verb as ProblemVerb
from problems.views.verbs import PERFORM
from tenancy.roles import Role
from tests.architecture import matrix, matrix_api, sent
from tests.architecture.asking import Answer, ask, everything
from tests.architecture.guards import unguarded
from tests.architecture.matrix import ACTORS, ANSWERS, BEYOND, REFUSALS, Row
from tests.architecture.world import CAST, World

pytestmark = pytest.mark.database
ROWS = [*matrix.rows(), *matrix_api.rows()]
ROUTES = {row.route for row in ROWS}
SIGN_IN = "/account/login/"
LOOKING = ("GET", "HEAD", "OPTIONS")


def sign(answer: Answer) -> str:
    """The table's sign for an answer; a status that it knows no sign for as a number."""
    if answer.status == 302:
        return ">" if answer.headers["Location"].startswith(SIGN_IN) else "="
    return next((sign for sign, status in ANSWERS.items() if status == answer.status), str(answer.status))


def test_every_route_has_a_row() -> None:
    assert set(sent.routes()) == {sent.split(route)[0] for route in ROUTES}


def test_every_role_and_every_verb_is_in_the_table() -> None:
    assert {role for roles, _team in CAST.values() for role in roles} == set(Role)
    assert {f"desk:incident-act/{verb}" for verb in Verb} <= ROUTES
    assert {f"api:incident-{verb}" for verb in Verb} <= ROUTES
    assert {f"desk:problem-act/{verb}" for verb in PERFORM} <= ROUTES
    assert {f"api:problem-{verb}" for verb in ProblemVerb} <= ROUTES
    assert set(CAST) <= set(ACTORS)


@pytest.mark.slow
@pytest.mark.parametrize("route", sorted(ROUTES))
def test_who_gets_what(route: str, world: World) -> None:
    before = everything(world.harbour, world.quill)
    wrong = [
        complaint
        for row in ROWS
        if row.route == route
        for actor, expected in row.expected.items()
        for complaint in complaints(world, row, actor, expected, before)
    ]
    assert wrong == []


def complaints(world: World, row: Row, actor: str, expected: str, before: object) -> list[str]:
    """What is not as it should be when the actor asks; of what lies beyond the wall also that it looks like nothing."""
    answers = [attempt(world, row, target, actor) for target in (BEYOND if row.target == "beyond" else [row.target])]
    got = {sign(answer) for answer in answers}
    left = [answer.seen for answer in answers if answer.written]
    told = {
        f"gets {' '.join(sorted(got))} instead of {expected}": got != {expected},
        "can tell the other organisation's from nothing": any(a.likeness != answers[0].likeness for a in answers),
        "writes by looking": row.method in LOOKING and left,
        "is refused, and something has changed": expected in REFUSALS and any(seen != before for seen in left),
    }
    loose = {what for answer in answers for what in unguarded(answer)}
    found = [*loose, *(what for what, is_so in told.items() if is_so)]
    return [f"{row.method} {row.route} {row.target}: {actor} {what}" for what in found]


def attempt(world: World, row: Row, target: str, actor: str) -> Answer:
    """Ask for it, with a form that would do it."""
    if row.route.startswith("api:"):
        return attempt_by_program(world, row, target, actor)
    data = sent.form(world, row.route, target) if row.method == "POST" else None
    path = sent.address(world, row.route, target, actor)
    look = partial(everything, world.harbour, world.quill)
    return ask(world.harbour, world.sessions[actor], row.method, path, data, look=look)


def attempt_by_program(world: World, row: Row, target: str, actor: str) -> Answer:
    """Ask the API for it, with JSON that would do it."""
    path = matrix_api.address(world, row.route, target, actor)
    data: Any = matrix_api.body(world, row.route, target, actor) if row.method == "POST" else None
    more = {}
    if row.method == "POST" and row.route not in matrix_api.UPLOADS:
        data, more = json.dumps(data).encode(), {"content_type": "application/json"}
    look = partial(everything, world.harbour, world.quill)
    return ask(world.harbour, world.sessions[actor], row.method, path, data, look=look, **more)
