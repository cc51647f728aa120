"""Escalations in the desk's set-up: rows of answers, shown in words before they are saved."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from incidents.models import EscalationEdition, EscalationPolicy
from tenancy.members import Member
from tenancy.models import Membership, TrailEntry
from tests.factories import TeamFactory
from tests.incidents.conftest import Cast

pytestmark = pytest.mark.django_db
CELLS = ("after", "of", "until", "tell", "people", "level", "team", "major", "times", "every")


def typed(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the form sends."""
    cells = {
        f"steps_{n * len(CELLS) + CELLS.index(name)}": value
        for n, row in enumerate(rows)
        for name, value in row.items()
    }
    return {"name": "Night calls", "priority": "P4", "is_active": "on", **cells, **more}


@pytest.fixture
def desk(cast: Cast, member: Callable[..., Member], client_of: Callable[[Member], Client]) -> Client:
    return client_of(member("administrator"))


ADD = "desk:incidents_escalationpolicy_add"
THREE = (
    {"after": "5", "tell": ["assignee", "team"]},
    {"after": "20", "tell": ["team_lead"], "level": "1"},
    {"after": "50", "tell": ["role:incident_manager"], "level": "2", "major": "on", "times": "2", "every": "30"},
)


def words(page: str) -> list[str]:
    section = page.partition('id="in-words"')[2].partition("</section>")[0]
    return [re.sub(r"\s+", " ", one).strip() for one in re.findall(r"<li>(.*?)</li>", section)]


def test_what_was_typed_is_shown_in_words_and_saved_after(desk: Client) -> None:
    answer = desk.post(reverse(ADD), typed(*THREE, _preview="Preview"))
    assert answer.status_code == 200
    assert words(answer.content.decode()) == [
        "10:05 tell agent, team",
        "10:20 tell team lead and raise to level 1",
        "10:50 tell role “Incident manager”, raise to level 2 and propose a major incident",
        "11:20 tell role “Incident manager”, raise to level 2 and propose a major incident",
    ]
    assert not EscalationPolicy.objects.filter(name="Night calls").exists()
    assert desk.post(reverse(ADD), typed(*THREE)).status_code == 302
    edition = EscalationEdition.objects.get(policy__name="Night calls")
    assert [step.after for step in edition.read()] == [5, 20, 50]
    assert edition.steps[2] == {
        "after": 50, "tell": [["role", "incident_manager"]], "level": 2, "major": True, "times": 2, "every": 30,
    }  # fmt: skip


def test_people_and_teams_by_what_they_are_called(desk: Client, cast: Cast) -> None:
    team = TeamFactory(name="Night shift")
    mail = Membership.objects.get(pk=cast.manager.id).mail
    row = {"after": "75", "of": "resolution", "until": "resolved", "people": mail.upper(), "team": str(team.public_id)}
    assert desk.post(reverse(ADD), typed(row)).status_code == 302
    edition = EscalationEdition.objects.get(policy__name="Night calls")
    assert edition.steps == [
        {"after": 75, "of": "resolution", "until": "resolved", "tell": [["person", cast.manager.id]], "team": team.pk}
    ]
    address = reverse("desk:incidents_escalationpolicy_change", args=[edition.policy.public_id])
    page = desk.get(address).content.decode()
    assert words(page) == [
        f"75 % of the time for the solution: tell {cast.manager.name} and move to Night shift (even if acknowledged)"
    ]
    assert mail in page
    assert re.search(r'name="steps_0" value="75"', page), "each cell holds its own"
    assert re.search(r'<option value="resolution" selected', page)
    assert f'<option value="{team.public_id}" selected' in page
    assert desk.post(address, typed(row)).status_code == 302
    assert EscalationEdition.objects.filter(policy=edition.policy).count() == 1, "the same steps make no new edition"
    assert desk.post(address, typed({**row, "after": "80"})).status_code == 302
    assert EscalationEdition.objects.filter(policy=edition.policy).count() == 2
    assert TrailEntry.objects.filter(kind="escalationpolicy.changed").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, "Say of one step at least when it happens."),
        ({"after": "soon", "tell": ["team"]}, "Step 1: “After” needs a whole number"),
        ({"after": "5"}, "Step 1: Say what happens then"),
        (
            {"after": "5", "people": "nobody@nowhere.example"},
            "Step 1: Nobody here has the address nobody@nowhere.example.",
        ),
        ({"after": "5", "tell": ["king"]}, "Step 1: Choose whom to tell from the list."),
        ({"after": "5", "tell": ["team"], "team": "x"}, "Step 1: Choose a team from the list."),
        ({"after": "5", "tell": ["team"], "times": "3"}, "Step 1: “every so many minutes” needs a whole number"),
        ({"after": "5", "tell": ["team"], "level": "77"}, "Step 1: “Raise to level” needs a whole number from 0 to 9."),
        ({"after": "5", "tell": ["team"], "of": "moon"}, "Step 1:"),
    ],
)
def test_what_cannot_be_read_is_said_and_stays(desk: Client, row: dict[str, Any], said: str) -> None:
    answer = desk.post(reverse(ADD), typed(row))
    assert answer.status_code == 200
    page = answer.content.decode()
    assert said in page
    assert all(value in page for value in row.values() if isinstance(value, str) and name_is_text(row, value))


def name_is_text(row: dict[str, Any], value: str) -> bool:
    return any(row.get(name) == value for name in ("after", "people", "level", "times", "every"))


def test_two_for_the_same_are_refused(desk: Client) -> None:
    answer = desk.post(reverse(ADD), typed(*THREE, priority="P1"))
    assert answer.status_code == 200
    assert "is for the same incidents" in answer.content.decode()


def test_who_may_only_look_reads_it_in_words(
    cast: Cast, member: Callable[..., Member], client_of: Callable[[Member], Client]
) -> None:
    policy = EscalationPolicy.objects.get(priority="P1")
    auditor = client_of(member("auditor"))
    page = auditor.get(reverse("desk:incidents_escalationpolicy_change", args=[policy.public_id])).content.decode()
    assert "10:05 tell agent, team" in page
    assert "steps_0" not in page
