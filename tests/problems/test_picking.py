"""Incidents are chosen in the queue, and become a problem or go to one, together."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents import actions as incident_actions
from incidents.models import Incident
from problems import actions
from problems.lifecycle import Refused
from problems.models import Link, Problem
from tenancy.members import Denied
from tenancy.models import TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported
from tests.problems.conftest import Enter
from tests.problems.factories import raised

QUEUE, RAISE, TOGETHER = (reverse(f"desk:{name}") for name in ("incidents", "problem-new", "problem-link"))


def boxes(page: str) -> list[str]:
    """What of the queue can be chosen."""
    return re.findall(r'<input type="checkbox" name="incident" value="(INC-\d+)" form="chosen"', page)


def look(client: Client, address: str, *incidents: Incident) -> str:
    answer = client.get(address, {"incident": [one.label for one in incidents]} if incidents else None)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["agent", "lead", "problem_manager", "manager"])
def test_lines_of_the_queue_can_be_chosen(cast: Cast, enter: Enter, name: str) -> None:
    incident = reported(cast.reporter)
    page = look(enter(getattr(cast, name)), QUEUE)
    assert boxes(page) == [incident.label]
    assert f'aria-label="Choose {incident.label}"' in page
    form = re.search(r'<form class="chosen" id="chosen" method="get".*?</form>', page, re.DOTALL)
    assert form
    assert re.findall(r'formaction="(.+?)">(.+?)<', form[0]) == [
        (RAISE, "Raise a problem"),
        (TOGETHER, "Link to a problem"),
    ]


def test_whoever_can_do_nothing_with_them_chooses_none(cast: Cast, enter: Enter) -> None:
    reported(cast.reporter)
    page = look(enter(cast.auditor), QUEUE)
    assert boxes(page) == []
    assert 'id="chosen"' not in page
    assert "choosing.js" not in page


def test_what_is_chosen_fills_the_form_that_raises(cast: Cast, enter: Enter) -> None:
    chosen = [reported(cast.reporter, title="The printer smokes"), reported(cast.affected, title="Smoke again")]
    page = look(enter(cast.agent), RAISE, *chosen)
    assert " ".join(one.label for one in chosen) in page
    assert "The printer smokes" in page


@pytest.mark.parametrize("odd", ["INC-", "x", "9" * 40, "9" * 5000, "INC-0", "٣", "²", "-1", "' OR 1=1", "\ud7ff"])
def test_odd_addresses_choose_nothing(cast: Cast, enter: Enter, odd: str) -> None:
    client = enter(cast.agent)
    for address in (RAISE, TOGETHER):
        assert client.get(address, {"incident": odd}).status_code == 200


def test_all_are_linked_at_once(cast: Cast, enter: Enter) -> None:
    chosen = [reported(cast.reporter), reported(cast.affected)]
    problem = raised(cast.problem_manager, title="Fuses melt")
    client = enter(cast.agent)
    page = look(client, TOGETHER, *chosen)
    assert f'<option value="{problem.label}">Fuses melt</option>' in page
    assert 'value="{} {}"'.format(*(one.label for one in chosen)) in page
    before = TrailEntry.objects.count()
    sent = {"problem": problem.label.lower(), "incidents": ", ".join(one.label for one in chosen)}
    answer = client.post(TOGETHER, sent, follow=True)
    assert answer.redirect_chain == [(reverse("desk:problem", args=[problem.number]), 302)]
    assert "2 incidents are linked." in answer.content.decode()
    assert "Not linked" not in answer.content.decode()
    assert {one.incident_id for one in problem.links.all()} == {one.pk for one in chosen}
    assert TrailEntry.objects.count() == before + 1
    assert TrailEntry.objects.latest("id").facts["incident_ids"] == [one.pk for one in chosen]


def test_what_cannot_be_linked_is_told_and_the_rest_is_linked(cast: Cast, enter: Enter) -> None:
    free, taken, hidden = reported(cast.reporter), reported(cast.reporter), _hidden(cast)
    other, problem = raised(cast.agent, [taken]), raised(cast.agent)
    client = enter(cast.agent)
    assert f"Caused by {other.label}" in look(client, TOGETHER, free, taken, hidden)
    numbers = " ".join(one.label for one in (free, taken, hidden))
    page = client.post(TOGETHER, {"problem": problem.label, "incidents": numbers}, follow=True).content.decode()
    assert "1 incident is linked." in page
    assert f"Not linked: There is no {hidden.label}. Caused by {other.label} already: {taken.label}." in page
    assert [one.incident for one in problem.links.select_related("incident")] == [free]
    assert other.links.get().incident_id == taken.pk


def test_where_nothing_can_be_linked_the_form_says_why(cast: Cast, enter: Enter) -> None:
    taken, hidden = reported(cast.reporter), _hidden(cast)
    other, problem = raised(cast.agent, [taken]), raised(cast.agent)
    client = enter(cast.agent)
    answer = client.post(TOGETHER, {"problem": problem.label, "incidents": f"{taken.label} {hidden.label}"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"Caused by {other.label} already: {taken.label}." in page
    assert f"There is no {hidden.label}." in page
    assert "canary" not in page
    assert not problem.links.exists()
    for wrong in ("PRB-4711", "", "x"):
        assert client.post(TOGETHER, {"problem": wrong, "incidents": taken.label}).status_code == 422
    assert client.post(TOGETHER, {"problem": problem.label, "incidents": ""}).status_code == 422


def test_what_is_hidden_is_told_as_what_is_not_there(cast: Cast, enter: Enter) -> None:
    hidden = _hidden(cast)
    raised(cast.manager, [hidden])
    problem = raised(cast.agent)
    client = enter(cast.agent)
    pages = [
        client.post(TOGETHER, {"problem": problem.label, "incidents": label}).content.decode().replace(label, "INC-1")
        for label in (hidden.label, "INC-999999")
    ]
    first, second = (re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages)
    assert first == second
    assert hidden.label not in look(client, TOGETHER, hidden)


def test_linking_again_changes_nothing(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.agent, [incident])
    before = TrailEntry.objects.count()
    sent = {"problem": problem.label, "incidents": incident.label}
    assert "They are linked already." in enter(cast.agent).post(TOGETHER, sent, follow=True).content.decode()
    assert TrailEntry.objects.count() == before


def test_a_closed_problem_takes_no_more(cast: Cast, enter: Enter) -> None:
    incident, problem = reported(cast.reporter), raised(cast.problem_manager)
    actions.cancel(cast.problem_manager, number=problem.number, reason="There is none.")
    answer = enter(cast.agent).post(TOGETHER, {"problem": problem.label, "incidents": incident.label})
    assert answer.status_code == 422
    assert "the problem is closed" in answer.content.decode()
    with pytest.raises(Refused):
        actions.link_possible(cast.agent, number=problem.number, incidents=[incident.number])
    assert f'value="{problem.label}">' not in look(enter(cast.agent), TOGETHER)


@pytest.mark.parametrize("name", ["auditor", "administrator"])
def test_others_link_nothing(cast: Cast, enter: Enter, name: str) -> None:
    incident, problem = reported(cast.reporter), raised(cast.agent)
    client = enter(getattr(cast, name))
    sent = {"problem": problem.label, "incidents": incident.label}
    assert client.get(TOGETHER).status_code == client.post(TOGETHER, sent).status_code == 403
    with pytest.raises((Denied, Problem.DoesNotExist)):
        actions.link_possible(getattr(cast, name), number=problem.number, incidents=[incident.number])
    assert not Link.objects.exists()


def test_many_cost_as_much_as_few(cast: Cast, enter: Enter) -> None:
    client = enter(cast.agent)
    few = [reported(cast.reporter) for _turn in range(2)]
    many = [*few, *(reported(cast.reporter) for _turn in range(9))]

    def asked(incidents: list[Incident]) -> int:
        look(client, TOGETHER, *incidents)
        with CaptureQueriesContext(connection) as queries:
            look(client, TOGETHER, *incidents)
        return len(queries)

    assert asked(few) == asked(many)


def _hidden(cast: Cast) -> Incident:
    """One that agents of other teams may not see."""
    hidden = reported(cast.reporter, title="canary in the mine")
    incident_actions.route(cast.agent, number=hidden.number, team=cast.other_team)
    incident_actions.restrict(cast.manager, number=hidden.number)
    return Incident.objects.get(pk=hidden.pk)
