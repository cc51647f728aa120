"""The desk's pages of problems, and what an incident's pages show of its problem."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents import actions as incident_actions
from problems import actions
from problems.drafts import Description
from problems.lifecycle import Verb
from problems.models import Link, Note, Problem
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported
from tests.problems.conftest import Enter
from tests.problems.factories import brought, concluded, raised
from tests.problems.test_spreading import TRICK, fixed, helped, spread, waiting

CANARY = "canary in the mine"


def act(client: Client, problem: Problem, verb: Verb, **data: str) -> int:
    address = reverse("desk:problem-act", args=[problem.number, verb])
    return client.post(address, data).status_code


def test_a_problem_is_raised_from_incidents_and_worked_to_its_end(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter, title="The printer smokes", error_code="E-17")
    other = reported(cast.affected, title="Smoke again", error_code="E-17")
    client = enter(cast.problem_manager)
    address = reverse("desk:problem-new")
    page = client.get(address, {"incident": [incident.label, other.label]}).content.decode()
    assert "The printer smokes" in page
    assert "E-17" in page
    sent = {"title": "Fuses melt", "incidents": f"{incident.label}, {other.label}", "error_code": "E-17"}
    assert client.post(address, sent).status_code == 302
    problem = Problem.objects.get()
    assert problem.links.count() == 2
    home = reverse("desk:problem", args=[problem.number])
    assert "Fuses melt" in client.get(home).content.decode()
    assert act(client, problem, Verb.NOTE, text="Ask the supplier.") == 302
    assert act(client, problem, Verb.ASSESS, impact="department", urgency="high") == 302
    assert act(client, problem, Verb.APPOINT, coordinator="Agent <agent@harbour.example>") == 302
    assert act(client, problem, Verb.INVESTIGATE) == 302
    which = str(concluded(cast.problem_manager, problem, "Fuses melt").public_id)
    assert act(client, problem, Verb.ESTABLISH, cause="Melting fuses", evidence="", statement=which) == 422
    said = {"cause": "Melting fuses", "evidence": "Three of them lie here.", "statement": which}
    assert act(client, problem, Verb.ESTABLISH, **said) == 302
    assert act(client, problem, Verb.WORK_AROUND, workaround=TRICK) == 302
    problem.refresh_from_db()
    assert problem.is_known_error
    preview = client.get(home, {"do": "broadcast"}).content.decode()
    assert "2 people read it" in preview
    assert act(client, problem, Verb.BROADCAST) == 302
    assert act(client, problem, Verb.FIX) == 302
    assert act(client, problem, Verb.APPLY, note="New fuses.", tested_how="Printed.") == 302
    problem.refresh_from_db()
    assert (problem.status, problem.priority) == ("resolved", "P2")
    assert problem.coordinator_id == cast.agent.id
    assert Note.objects.get().text == "Ask the supplier."
    assert "New fuses." in client.get(home).content.decode()


def test_the_list_shows_how_many_it_hits(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.agent, [reported(cast.reporter), reported(cast.reporter), reported(cast.affected)])
    page = enter(cast.auditor).get(reverse("desk:problems")).content.decode()
    assert problem.label in page
    assert "(3 open)" in page


def test_restricted_incidents_are_not_even_counted(cast: Cast, enter: Enter) -> None:
    hidden = reported(cast.reporter, title=CANARY)
    incident_actions.route(cast.agent, number=hidden.number, team=cast.other_team)
    problem = raised(cast.manager, [hidden, reported(cast.affected)])
    incident_actions.restrict(cast.manager, number=hidden.number)
    client = enter(cast.problem_manager)
    page = client.get(reverse("desk:problem", args=[problem.number])).content.decode()
    assert CANARY not in page
    assert "1 incident (1 open) · 1 person" in page
    assert "1 incident" not in enter(cast.manager).get(reverse("desk:problem", args=[problem.number])).content.decode()


def test_what_was_typed_survives_a_refusal(cast: Cast, enter: Enter) -> None:
    client = enter(cast.problem_manager)
    answer = client.post(reverse("desk:problem-new"), {"title": "Fuses melt", "incidents": "INC-9999"})
    assert answer.status_code == 422
    assert "Fuses melt" in answer.content.decode()
    problem = raised(cast.problem_manager)
    address = reverse("desk:problem-act", args=[problem.number, Verb.APPLY])
    answer = client.post(address, {"note": "All new.", "tested_how": ""})
    assert answer.status_code == 422
    assert "All new." in answer.content.decode()
    answer = client.post(reverse("desk:problem-act", args=[problem.number, Verb.MERGE]), {"into": "PRB-4711"})
    assert answer.status_code == 409
    assert "PRB-4711" in answer.content.decode()


def test_the_incident_shows_its_problem_and_can_be_linked(cast: Cast, enter: Enter) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.problem_manager)
    client = enter(cast.agent)
    panel = reverse("desk:incident-problem", args=[incident.number])
    assert panel in client.get(reverse("desk:incident", args=[incident.number])).content.decode()
    assert client.post(panel, {"problem": "PRB-9"}).status_code == 422
    assert client.post(panel, {"problem": problem.label.lower()}).status_code == 302
    assert Link.objects.get().problem == problem
    fragment = client.get(panel, headers={"HX-Request": "true"}).content.decode()
    assert problem.label in fragment
    assert "<html" not in fragment


def test_requesters_read_that_it_is_known_and_nothing_internal(cast: Cast, enter: Enter) -> None:
    (incident,) = waiting(cast)
    problem = helped(cast, [incident])
    actions.describe(
        cast.problem_manager, number=problem.number, description=_described(f"{CANARY} title", f"{CANARY} text")
    )
    actions.note(cast.problem_manager, number=problem.number, text=f"{CANARY} note")
    address = reverse("incidents:portal-incident", args=[incident.number])
    before = enter(cast.reporter).get(address).content.decode()
    assert "We know about this problem" in before
    assert TRICK not in before
    spread()
    page = enter(cast.reporter).get(address).content.decode()
    assert page.count(TRICK) == 2
    assert CANARY not in before + page
    assert problem.label in page  # what to name when asking, once they were told
    assert problem.label not in before
    assert '<li class="msg workaround"' in page
    assert "does not help" in page


def test_before_and_after_says_that_there_is_no_fix_yet(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager, [reported(cast.reporter)])
    proof = reverse("desk:problem-proof", args=[problem.number])
    page = enter(cast.agent).get(proof).content.decode()
    assert "Once it is fixed" in page
    assert "since the fix" not in page
    fixed(cast, problem)
    assert "since the fix" in enter(cast.agent).get(proof).content.decode()


def _described(title: str, text: str) -> Description:
    return Description(title=title, description=text)


@pytest.mark.parametrize("name", ["reporter", "stakeholder"])
def test_requesters_have_no_pages_of_problems(cast: Cast, enter: Enter, name: str) -> None:
    problem = raised(cast.problem_manager)
    client = enter(getattr(cast, name))
    for address in ("desk:problems", "desk:problem-new"):
        assert client.get(reverse(address)).status_code == 404
    assert client.get(reverse("desk:problem", args=[problem.number])).status_code == 404


def test_pages_ask_as_often_for_many_rows_as_for_few(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager, [reported(cast.reporter)])
    client = enter(cast.problem_manager)

    def asked() -> list[int]:
        counts = []
        for address in (reverse("desk:problems"), reverse("desk:problem", args=[problem.number])):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    few = asked()
    actions.link(cast.agent, number=problem.number, incidents=[reported(cast.affected).number for _ in range(9)])
    for turn in range(9):
        actions.note(cast.agent, number=problem.number, text=f"Note {turn}")
        actions.add_task(cast.agent, number=problem.number, what=f"Task {turn}")
        brought(cast.agent, problem, f"{turn}.txt")
        raised(cast.agent, [reported(cast.reporter)])
    assert asked() == few
