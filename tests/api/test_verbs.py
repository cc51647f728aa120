"""Speak verbs: the same actions, refusals and words as the pages, and nothing that somebody else decided on is lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from incidents import actions
from incidents.api.deeds import DEEDS
from incidents.lifecycle import Status, Verb
from incidents.models import Category, Hypothesis, Incident, IncidentType, Message, Reference, Service
from tenancy.members import Member
from tenancy.models import Membership, RoleGrant, Team
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.incidents.conftest import Cast
from tests.incidents.factories import QUESTION, brought_to, person, reported
from tests.tenancy.test_tokens import token_of

pytestmark = pytest.mark.django_db
Start = Callable[..., Program]


def test_every_verb_has_its_deed() -> None:
    assert set(DEEDS) == set(Verb)


def test_a_life(cast: Cast, program: Start) -> None:
    agent, reporter = program(cast.agent), program(cast.reporter)
    here = f"incidents/{reported(cast.reporter, service=cast.service).label}/"

    def speak(who: Program, verb: str, **facts: Any) -> Any:
        answer = who.post(f"{here}{verb}/", facts)
        assert answer.status_code == 200, answer.content
        return answer.json()

    assert speak(agent, "take")["status"] == "in_progress"
    assert speak(agent, "classify", impact="organisation", urgency="critical", severity="down")["priority"] == "P1"
    assert speak(agent, "classify", risk="high")["desk"]["severity"] == "down"  # what is left out stays
    held = speak(agent, "hold", reason="requester", text="Which colour?")
    assert (held["status"], held["hold_reason"], held["awaits"]) == ("on_hold", "requester", "requester")
    assert speak(reporter, "answer", text="Blue.")["status"] == "in_progress"
    speak(agent, "suspect", suspicion="The fuser")
    (guess,) = agent.get(here).json()["desk"]["hypotheses"]
    found = speak(agent, "conclude", hypothesis=guess["id"], outcome="confirmed", as_root_cause=True)
    assert found["desk"]["root_cause"] == "The fuser"
    assert speak(agent, "refer", kind="supplier", value="S-1")["desk"]["references"][0]["value"] == "S-1"
    solved = speak(agent, "resolve", code="replaced", note="A new fuser.", tested_how="Ten pages.")
    assert (solved["status"], solved["resolution_note"]) == ("resolved", "A new fuser.")
    assert reporter.get(here).json()["verbs"] == ["comment", "confirm", "reject"]
    assert speak(reporter, "confirm", rating=5)["ending"] == "confirmed"
    said = reporter.get(f"{here}messages/").json()["results"]
    assert [one["kind"] for one in said] == ["question", "comment", "solution"]


def test_refusals_speak_the_pages_words(cast: Cast, program: Start) -> None:
    closed = brought_to(Status.CLOSED, cast.reporter, cast.agent)
    answer = program(cast.agent).post(f"incidents/{closed.label}/take/")
    assert problem_of(answer) == (409, "refused")
    assert answer.json()["detail"].startswith("“Take it” is not possible: the incident is closed.")
    nothing = program(cast.agent).post(f"incidents/{closed.label}/note/", {"text": "  "})
    assert (problem_of(nothing), list(nothing.json()["errors"])) == ((422, "invalid"), ["text"])


def test_an_answer_to_no_question_leaves_no_row(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter)
    assert problem_of(program(cast.reporter).post(f"incidents/{incident.label}/answer/", {"text": "Blue."}))[0] == 409
    assert not Message.objects.exists()
    actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    assert program(cast.reporter).post(f"incidents/{incident.label}/answer/", {"text": "Blue."}).status_code == 200


def test_what_was_decided_on_an_older_state_is_refused(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter)
    here = f"incidents/{incident.label}/"
    asks = program(cast.agent)
    read = {"If-Match": asks.get(here).headers["ETag"]}
    assert asks.post(f"{here}take/", **read).status_code == 200
    stale = asks.post(f"{here}resolve/", {"code": "fixed", "note": "Done.", "tested_how": "Tried."}, **read)
    assert problem_of(stale) == (412, "stale")
    assert Incident.objects.get(pk=incident.pk).status == Status.IN_PROGRESS
    fresh = {"If-Match": f'"x", {asks.get(here).headers["ETag"]}'}
    assign = asks.post(f"{here}assign/", {"assignee": str(person(cast.mate).public_id)}, **fresh)
    assert assign.status_code in (200, 409)
    assert asks.post(f"{here}note/", {"text": "x"}, **{"If-Match": "*"}).status_code == 200


def test_what_is_only_called_otherwise_is_no_other_state(cast: Cast, program: Start) -> None:
    here = f"incidents/{reported(cast.reporter, service=cast.service).label}/"
    asks = program(cast.agent)
    tag = asks.get(here).headers["ETag"]
    Service.objects.filter(pk=cast.service.pk).update(name="Printers and scanners")
    assert asks.get(here, **{"If-None-Match": tag}).status_code == 200
    done = asks.post(f"{here}note/", {"text": "x"}, **{"If-Match": tag})
    assert done.status_code == 200
    assert done.headers["ETag"] == asks.get(here).headers["ETag"]
    for old in (tag, '"', '""', "x", '"."', "W/"):
        assert problem_of(asks.post(f"{here}note/", {"text": "x"}, **{"If-Match": old})) == (412, "stale")


def test_the_state_of_one_is_not_that_of_another(cast: Cast, program: Start) -> None:
    one, other = reported(cast.reporter), reported(cast.reporter)
    Incident.objects.update(updated_at=one.updated_at)
    asks = program(cast.agent)
    tag = asks.get(f"incidents/{one.label}/").headers["ETag"]
    assert problem_of(asks.post(f"incidents/{other.label}/take/", **{"If-Match": tag})) == (412, "stale")


@pytest.mark.parametrize("verb", list(Verb))
def test_whoever_may_report_may_also_speak_of_it(
    verb: Verb, cast: Cast, client: Client, member: Callable[..., Member]
) -> None:
    agent = member("agent")
    incident = reported(agent)
    told = {scope: {"Authorization": f"Bearer {token_of(agent, scope)}"} for scope in ("report", "work")}

    def lacks(scope: str) -> bool:
        path = f"/api/v1/incidents/{incident.label}/{verb}/"
        answer = client.post(path, {}, "application/json", headers=told[scope], SERVER_NAME="harbour.testserver")
        return b"scope_missing" in answer.content

    of_requesters = {"comment", "answer", "withdraw", "confirm", "reject", "contest"}
    assert (lacks("report"), lacks("work")) == ((False, True) if verb in of_requesters else (True, False))


KEY = {"Idempotency-Key": "k-1"}


def test_what_was_answered_is_not_told_again_to_whoever_may_no_longer_see_it(cast: Cast, program: Start) -> None:
    reference = {"source": "monitoring", "source_reference": "probe 7"}
    incident = reported(cast.reporter, service=cast.service)
    Incident.objects.filter(pk=incident.pk).update(logged_by=cast.agent.id, **reference)
    asks = program(cast.agent)
    posts = {f"incidents/{incident.label}/note/": {"text": "Canary"}, "incidents/": {"title": "Down", **reference}}
    sent = [(path, facts, {"Idempotency-Key": path}) for path, facts in posts.items()]
    firsts = [asks.post(path, facts, **key) for path, facts, key in sent]
    assert [first.status_code for first in firsts] == [200, 200]
    assert [asks.post(path, facts, **key).content for path, facts, key in sent] == [one.content for one in firsts]
    actions.restrict(cast.lead, number=incident.number)
    for path, facts, key in sent:
        again = asks.post(path, facts, **key)
        assert (again.status_code, again.content) == (204, b"")
        assert again.headers["Idempotent-Replayed"] == "true"
        assert not {"ETag", "Location"} & set(again.headers)
    assert Message.objects.filter(incident=incident).count() == 1


def test_what_staff_were_told_is_not_told_again_to_a_requester(cast: Cast, program: Start) -> None:
    incident = reported(cast.agent, service=cast.service)
    asks, here = program(cast.agent), f"incidents/{incident.label}/"
    first = asks.post(f"{here}comment/", {"text": "Canary"}, **KEY)
    assert first.json()["desk"]
    RoleGrant.objects.filter(membership=cast.agent.id).delete()
    assert asks.get(here).json()["desk"] is None
    again = asks.post(f"{here}comment/", {"text": "Canary"}, **KEY)
    assert (again.status_code, again.content) == (204, b"")


def test_a_step_that_takes_it_out_of_sight_has_nothing_to_show(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter, service=cast.service)
    answer = program(cast.lead).post(f"incidents/{incident.label}/restrict/")
    assert (answer.status_code, answer.content) == (204, b"")


MODELS = (Incident, Message, Membership, Team, Service, Category, IncidentType, Hypothesis, Reference)
EVIL = {field.name for model in MODELS for field in model._meta.get_fields()} | {
    *(field.attname for model in MODELS for field in model._meta.concrete_fields),
    *("role", "roles", "is_staff", "is_superuser", "created_at", "member", "organisation", "pk", "__class__"),
}


@pytest.mark.parametrize("verb", list(Verb))
def test_no_verb_takes_a_field_that_is_not_its_own(verb: Verb, cast: Cast, program: Start) -> None:
    status = {Verb.RESUME: Status.ON_HOLD, Verb.REOPEN: Status.RESOLVED, Verb.CLOSE: Status.RESOLVED}.get(verb)
    incident = brought_to(status or Status.NEW, cast.reporter, cast.agent)
    own = set(DEEDS[verb].facts().fields)
    before = list(Incident.objects.values())
    for who in (cast.lead, cast.reporter):
        asks = program(who)
        sent = dict.fromkeys(EVIL - own, 1)
        answer = asks.post(f"incidents/{incident.label}/{verb}/", sent)
        assert problem_of(answer) == (422, "invalid"), verb
        assert set(answer.json()["errors"]) == set(sent)
    assert list(Incident.objects.values()) == before
    assert not Message.objects.filter(kind="note").exists()


def test_a_report_takes_no_field_that_is_not_its_own(cast: Cast, program: Start) -> None:
    from incidents.api.reporting import Report

    asks = program(cast.agent)
    for name in sorted(EVIL - set(Report().fields)):
        answer = asks.post("incidents/", {"title": "x", name: 1})
        assert problem_of(answer) == (422, "invalid"), name
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("verb", "field", "model", "more"),
    [
        ("assign", "assignee", Membership, {}),
        ("route", "team", Team, {}),
        ("classify", "service", Service, {}),
        ("classify", "category", Category, {}),
        ("classify", "type", IncidentType, {}),
        ("conclude", "hypothesis", Hypothesis, {"outcome": "confirmed"}),
        ("involve", "person", Membership, {"part": "participant"}),
        ("release", "person", Membership, {"part": "participant"}),
    ],
)
def test_what_stands_beyond_the_wall_cannot_be_named(
    verb: str, field: str, model: Any, more: dict[str, str], cast: Cast, quill: Any, member: Any, program: Start
) -> None:
    from tenancy.wall import bound
    from tests.incidents.factories import CategoryFactory, IncidentTypeFactory

    with bound(quill.id):
        CategoryFactory(), IncidentTypeFactory()
        theirs = reported(member(organisation=quill))
        actions.suspect(member("agent", organisation=quill), number=theirs.number, suspicion="Canary")
        foreign = str(model.objects.order_by("pk").values_list("public_id", flat=True)[0])
    here = f"incidents/{reported(cast.reporter).label}/{verb}/"
    asks = program(cast.lead)
    missing = asks.post(here, {field: "00000000-0000-4000-8000-000000000000", **more})
    answer = asks.post(here, {field: foreign, **more})
    assert problem_of(answer) == (422, "invalid")
    assert answer.content == missing.content
    assert json.loads(answer.content)["errors"].keys() == {field}
