"""What all of the API has in common: one shape of error, pages, tags, and nothing that is not heeded."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenancy.members import Member
from tenancy.wall import bound
from tests.api.conftest import Program
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
Make = Callable[..., Member]
Start = Callable[..., Program]


def problem_of(answer: Any) -> tuple[int, str]:
    """The status and code of a problem; anything else fails."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert {"type", "title", "status", "code", "detail"} <= set(said)
    return answer.status_code, said["code"]


def test_who_has_not_said_who_they_are_is_asked_to(stranger: Client) -> None:
    status, code = problem_of(stranger.get("/api/v1/me/"))
    assert (status, code) in {(401, "not_authenticated"), (403, "not_authenticated")}


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/me/", "/api/v1/me"])
def test_what_is_no_address_says_so_in_the_same_shape(path: str, member: Make, program: Start) -> None:
    assert problem_of(program(member()).get(path)) == (404, "not_found")


@pytest.mark.parametrize(("path", "hinted"), [("/api/v1/me", True), ("/api/v1/nothing", False), ("/api/v1", False)])
def test_a_forgotten_slash_is_hinted_at(path: str, hinted: bool, stranger: Client) -> None:
    assert (f"slash, {path}/." in stranger.get(path).json()["detail"]) is hinted


def test_an_unknown_host_says_so_in_the_same_shape() -> None:
    assert problem_of(Client(SERVER_NAME="nowhere.testserver").get("/api/v1/me/")) == (404, "not_found")


def test_another_method_is_refused(member: Make, program: Start) -> None:
    answer = program(member()).client.delete("/api/v1/me/")
    assert problem_of(answer) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_what_would_not_be_heeded_is_refused_by_name(member: Make, program: Start) -> None:
    answer = program(member("agent")).get("teams/", {"colour": "red"})
    assert problem_of(answer) == (422, "invalid")
    assert answer.json()["errors"] == {"colour": ["There is no such parameter."]}


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e3", "²", "9" * 5000])
def test_a_page_has_a_bearable_size(limit: str, member: Make, program: Start) -> None:
    assert problem_of(program(member("agent")).get("teams/", {"limit": limit})) == (422, "invalid")


@pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "WyJ4Il0:" + "a" * 43, "\u2028"])
def test_a_made_up_cursor_is_refused(cursor: str, member: Make, program: Start) -> None:
    assert problem_of(program(member("agent")).get("teams/", {"cursor": cursor})) == (422, "invalid")


def test_pages_neither_skip_nor_repeat_while_rows_are_added(member: Make, program: Start) -> None:
    agent = member("agent")
    names = ["b", "d", "f", "h", "j"]
    with bound(agent.organisation_id):
        for name in names:
            TeamFactory(name=name)
    asks, seen, path = program(agent), [], "teams/?limit=2"
    while path:
        found = asks.get(path).json()
        seen += [team["name"] for team in found["results"]]
        path = found["next"]
        with bound(agent.organisation_id):  # one before the page's end, one behind it
            TeamFactory(name=f"a{len(seen)}")
            TeamFactory(name=f"{seen[-1]}{seen[-1]}")
    assert [name for name in seen if name in names] == names
    assert len(seen) == len(set(seen)) < 20


def test_an_answer_that_still_holds_is_not_sent_again(member: Make, program: Start) -> None:
    asks = program(member())
    first = asks.get("me/")
    again = asks.get("me/", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert first.headers["Cache-Control"] == "private, no-cache"


def test_a_session_writes_with_its_token_only(member: Make, program: Start) -> None:
    asks = program(member(), enforce_csrf_checks=True)
    assert asks.get("me/").status_code == 200


def test_me(member: Make, program: Start) -> None:
    with bound(member("agent").organisation_id):
        team = TeamFactory(name="Printing")
    me = program(member("agent", team=team, name="Ada")).get("me/").json()
    assert me["name"] == "Ada"
    assert me["roles"] == [
        {"role": "requester", "team": None},
        {"role": "agent", "team": {"id": str(team.public_id), "name": "Printing"}},
    ]
    assert "incident.work" in me["permissions"]
    assert "organisation.administer" not in me["permissions"]
    assert me["organisation"]["name"]


def test_the_directory_is_for_staff(member: Make, program: Start) -> None:
    requester, agent = member(name="Rita Rook"), member("agent", name="Abe")
    assert problem_of(program(requester).get("people/")) == (403, "permission_denied")
    found = program(agent).get("people/", {"q": "rook"}).json()["results"]
    assert [one["name"] for one in found] == ["Rita Rook"]
    assert program(agent).get(f"people/{found[0]['id']}/").json() == found[0]
    assert problem_of(program(requester).get(f"people/{found[0]['id']}/")) == (403, "permission_denied")
