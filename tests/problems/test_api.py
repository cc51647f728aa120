"""What programs get of problems, and may do to them: as the pages, with the manners of the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions as incident_actions
from problems import actions
from problems.analysis import Branch
from problems.api.deeds import DEEDS
from problems.lifecycle import Verb
from problems.models import Evidence, File, Link, Note, Problem, Task
from tenancy.members import Member
from tenancy.models import Organisation, RoleGrant
from tenancy.wall import bound
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.api.test_verbs import EVIL
from tests.incidents.conftest import Cast
from tests.incidents.factories import person, reported
from tests.problems.factories import concluded, raised, stated

Start = Callable[..., Program]
CANARY = "c4n4ry"
MISSING = "00000000-0000-4000-8000-000000000000"
PARTS = ("", "incidents/", "notes/", "attachments/", "trail/", "analysis/")


def numbers(answer: Any) -> list[str]:
    """The numbers in a list."""
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["results"]]


def speak(who: Program, problem: Problem | str, verb: str, **facts: Any) -> Any:
    """Speak a verb that is done."""
    label = problem if isinstance(problem, str) else problem.label
    answer = who.post(f"problems/{label}/{verb}/", facts)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_every_verb_has_its_deed() -> None:
    assert set(DEEDS) == set(Verb)


def test_a_life(cast: Cast, program: Start) -> None:
    incident, later = reported(cast.reporter), reported(cast.affected)
    asks = program(cast.problem_manager)
    sent = {"title": "Fuses melt", "error_code": "E-17", "incidents": [incident.label]}
    made = asks.post("problems/", {**sent, "service": str(cast.service.public_id)})
    assert made.status_code == 201, made.content
    label, body = made.json()["number"], made.json()
    assert made.headers["Location"] == f"/api/v1/problems/{label}/"
    read = asks.get(made.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, made.headers["ETag"])
    assert (body["status"], body["hits"]["incidents"], body["service"]["name"]) == ("new", 1, "Printers")
    assert speak(asks, label, "assess", impact="organisation", urgency="critical")["priority"] == "P1"
    coordinates = speak(asks, label, "appoint", coordinator=str(person(cast.agent).public_id))
    assert coordinates["manager"]["name"] == cast.problem_manager.name  # what is left out stays
    assert speak(asks, label, "describe", title="All fuses melt")["error_code"] == "E-17"
    assert speak(asks, label, "link", incidents=[later.label])["hits"]["people"] == 2
    assert speak(asks, label, "investigate")["status"] == "investigating"
    speak(asks, label, "state", text="They melt", branch="technology")
    (first,) = asks.get(f"problems/{label}/analysis/").json()
    speak(asks, label, "state", text="They are old", parent=first["id"])
    measured = {"kind": "measurement", "value": "90.50", "unit": "A", "words": "At noon"}
    speak(asks, label, "support", statement=first["id"], **measured)
    speak(asks, label, "support", statement=first["id"], kind="incident", incident=incident.label)
    speak(asks, label, "judge", statement=first["id"], belief="confirmed")
    top, below = asks.get(f"problems/{label}/analysis/").json()
    assert [one["value"] or one["incident"] for one in top["evidence"]] == ["90.5", incident.label]
    assert (top["state"], top["branch"], below["parent"]) == ("confirmed", "technology", top["id"])
    mine = str(Evidence.objects.get(incident=incident).public_id)
    speak(asks, label, "withdraw", evidence=mine, reason="Another one")
    kept, gone = asks.get(f"problems/{label}/analysis/").json()[0]["evidence"]
    assert (kept["withdrawn_at"], kept["withdrawal"], gone["withdrawal"]) == (None, "", "Another one")
    assert gone["withdrawn_by"]["name"] == cast.problem_manager.name
    assert asks.get(f"problems/{label}/").json()["known_error"] is False
    speak(asks, label, "establish", statement=first["id"], cause="Old fuses", evidence="Three of them")
    assert "broadcast" not in speak(asks, label, "note", text="Nothing to tell yet")["verbs"]
    assert speak(asks, label, "work_around", workaround="Use the stairs.")["known_error"] is True
    told = speak(asks, label, "broadcast")
    assert (told["workaround_told"], "broadcast" in told["verbs"]) == (True, False)
    (task,) = speak(asks, label, "plan", what="Call them")["tasks"]
    assert speak(asks, label, "tick", task=task["id"])["tasks"][0]["done_at"]
    assert speak(asks, label, "watch")["watching"] is True
    assert speak(asks, label, "fix")["status"] == "fixing"
    solved = speak(asks, label, "apply", note="New fuses.", tested_how="Printed.")
    assert (solved["status"], solved["ending"], solved["verbs"][-1]) == ("resolved", "fix_applied", "unwatch")
    assert "undo" in solved["verbs"]
    assert speak(asks, label, "undo")["status"] == "fixing"
    kinds = [one["kind"] for one in asks.get(f"problems/{label}/trail/").json()["results"]]
    assert (kinds[0], kinds[-1], len(kinds)) == ("problem.raised", "problem.fix_undone", 22)
    assert numbers(asks.get(f"problems/{label}/incidents/")) == [incident.label, later.label]
    assert [one["text"] for one in asks.get(f"problems/{label}/notes/").json()["results"]] == ["Nothing to tell yet"]


def test_a_file_comes_with_a_note_or_by_itself(cast: Cast, program: Start) -> None:
    asks, problem = program(cast.agent), raised(cast.problem_manager)
    here = f"problems/{problem.label}/"

    def upload(name: str, who: Program = asks, content: bytes = b"It melts.", **headers: str) -> Any:
        sent = {"file": SimpleUploadedFile(name, content)}
        return who.client.post("/api/v1/problems/files/", sent, headers=headers)

    made = [upload(name, **{"Idempotency-Key": "k-1"}) for name in ("a.txt", "a.txt")]
    assert [one.status_code for one in made] == [201, 201]
    first, second, theirs = made[0].json()["id"], upload("b.txt").json()["id"], upload("c.txt", program(cast.mate))
    assert (made[1].json()["id"], File.objects.count()) == (first, 3)
    download = asks.get(made[0].headers["Location"])
    assert b"".join(download.streaming_content) == b"It melts."
    assert download.headers["Content-Disposition"] == 'attachment; filename="a.txt"'
    assert program(cast.auditor).get(made[0].headers["Location"]).status_code == 404
    speak(asks, problem, "note", text="See.", attachments=[first])
    speak(asks, problem, "attach", attachments=[second])
    (note,) = asks.get(f"{here}notes/").json()["results"]
    listed = asks.get(f"{here}attachments/").json()["results"]
    assert [(one["id"], one["note"]) for one in listed] == [(first, note["id"]), (second, None)]
    assert (listed[0]["size"], listed[0]["content_type"]) == (9, "text/plain")
    read = program(cast.auditor).get(made[0].headers["Location"])
    assert b"".join(read.streaming_content) == b"It melts."
    for wrong in ([], [first], [theirs.json()["id"]], [MISSING]):
        answer = asks.post(f"{here}attach/", {"attachments": wrong})
        assert problem_of(answer) == (422, "invalid")
        assert list(answer.json()["errors"]) == ["attachments"]
    statement = str(stated(cast.agent, problem, "Fuses melt").public_id)
    speak(asks, problem, "support", statement=statement, kind="file", file=second)
    (shown,) = asks.get(f"{here}analysis/").json()[0]["evidence"]
    assert (shown["file"], shown["incident"]) == ({"id": second, "name": "b.txt"}, None)
    empty = upload("d.txt", content=b"")
    assert empty.json()["errors"] == {"file": ["“d.txt” is empty. It was left out."]}
    assert problem_of(asks.post("problems/files/", {}))[0] == 415
    for who in (cast.reporter, cast.auditor):
        assert problem_of(upload("e.txt", program(who))) == (403, "permission_denied")
    assert File.objects.count() == 3


def test_other_ends(cast: Cast, program: Start) -> None:
    asks = program(cast.problem_manager)
    one, other, third = (raised(cast.problem_manager) for _turn in range(3))
    merged = speak(asks, one, "merge", into=other.label)
    assert (merged["ending"], merged["duplicate_of"]) == ("duplicate", other.label)
    assert speak(asks, other, "accept", reason="It is cheap.")["ending"] == "risk_accepted"
    assert speak(asks, other, "reopen", reason="It is not.")["reopened_count"] == 1
    assert speak(asks, third, "cancel", reason="No.")["reason"] == "No."
    again = asks.post(f"problems/{third.label}/cancel/", {"reason": "No."})
    assert problem_of(again) == (409, "refused")
    assert again.json()["detail"] == "“Cancel the problem” is not possible: the problem is closed."


def test_the_list_is_narrowed_and_ordered(cast: Cast, program: Start) -> None:
    asks, manager = program(cast.agent), cast.problem_manager
    fax = raised(manager, title="The fax", service=cast.service, error_code="E-17")
    mail = raised(cast.agent, title="The mail")
    lamp = raised(manager, title="The lamp")
    speak(program(manager), mail, "assess", impact="organisation", urgency="critical")
    actions.establish(
        manager, number=lamp.number, cause="x", evidence="y", statement=concluded(manager, lamp, "x").public_id
    )
    actions.work_around(manager, number=lamp.number, workaround="A candle.")
    actions.cancel(manager, number=fax.number, reason="No.")
    fax, mail, lamp = (one.label for one in (fax, mail, lamp))
    assert numbers(asks.get("problems/")) == [mail, fax, lamp]
    assert numbers(asks.get("problems/", {"order": "newest"})) == [lamp, mail, fax]
    assert numbers(asks.get("problems/", {"open": "true"})) == [mail, lamp]
    assert numbers(asks.get("problems/", {"open": "false"})) == [fax]
    assert numbers(asks.get("problems/", {"status": ["new", "closed"], "q": "fax"})) == [fax]
    assert numbers(asks.get("problems/", {"priority": "P1"})) == [mail]
    assert numbers(asks.get("problems/", {"service": str(cast.service.public_id)})) == [fax]
    assert numbers(asks.get("problems/", {"manager": str(person(manager).public_id)})) == [fax, lamp]
    assert numbers(asks.get("problems/", {"known_error": "true"})) == [lamp]
    assert numbers(asks.get("problems/", {"known_error": "false"})) == [mail, fax]
    assert numbers(asks.get("problems/", {"error_code": "e-17"})) == [fax]
    assert asks.get("problems/", {"q": lamp}).json()["results"][0]["known_error"] is True
    page = asks.get("problems/", {"limit": 2}).json()
    assert [one["number"] for one in page["results"]] == [mail, fax]
    assert numbers(asks.get(page["next"])) == [lamp]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("order", value) for value in ("id", "-number", "organisation__name", "?")),
        *(("status", "open"), ("open", "yes"), ("known_error", "1"), ("service", "x"), ("updated_since", "never")),
        *((name, "1") for name in ("number", "organisation_id", "cause__regex", "pk", "tab")),
    ],
)
def test_only_what_is_allowed_reaches_the_database(name: str, value: str, cast: Cast, program: Start) -> None:
    assert problem_of(program(cast.agent).get("problems/", {name: value})) == (422, "invalid")


def test_whoever_reads_no_problems_is_told_the_same_of_all(cast: Cast, program: Start) -> None:
    problem = raised(cast.problem_manager, title=CANARY)
    for who in (cast.reporter, cast.stakeholder, cast.administrator):
        asks = program(who)
        for label in (problem.label, "PRB-9999"):
            for part in PARTS:
                assert problem_of(asks.get(f"problems/{label}/{part}")) == (403, "permission_denied")
            assert problem_of(asks.post(f"problems/{label}/watch/")) == (403, "permission_denied")
        assert problem_of(asks.get("problems/", {"q": CANARY})) == (403, "permission_denied")
        assert problem_of(asks.post("problems/", {"title": "x"})) == (403, "permission_denied")
    assert Problem.objects.count() == 1
    assert problem_of(program(cast.auditor).post(f"problems/{problem.label}/note/", {"text": "x"}))[0] == 403
    assert problem_of(program(cast.agent).post(f"problems/{problem.label}/investigate/"))[0] == 403


def test_a_requester_reads_nothing_of_the_problem_behind_an_incident(cast: Cast, program: Start) -> None:
    manager = cast.problem_manager
    incident = reported(cast.reporter)
    problem = raised(manager, [incident], title=f"{CANARY}-title", description=f"{CANARY}-description")
    which = concluded(manager, problem, f"{CANARY}-statement").public_id
    actions.establish(manager, number=problem.number, cause=f"{CANARY}-c", evidence=f"{CANARY}-e", statement=which)
    actions.work_around(manager, number=problem.number, workaround=f"{CANARY}-untold")
    actions.note(manager, number=problem.number, text=f"{CANARY}-note")
    actions.add_task(manager, number=problem.number, what=f"{CANARY}-task")
    actions.accept_risk(manager, number=problem.number, reason=f"{CANARY}-reason")
    asks, here = program(cast.reporter), f"incidents/{incident.label}/"
    paths = [here, f"{here}messages/", f"{here}attachments/", "incidents/", "services/", "me/"]
    paths += [f"problems/{problem.label}/{part}" for part in PARTS]
    assert [path for path in paths if CANARY in asks.get(path).content.decode()] == []
    sung = program(cast.agent)
    assert all(CANARY in sung.get(f"problems/{problem.label}/{part}").content.decode() for part in ("", "notes/"))


def test_what_is_restricted_is_not_even_counted(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter, title=CANARY, service=cast.service)
    problem = raised(cast.lead, [incident])
    suspected = incident_actions.suspect(cast.mate, number=incident.number, suspicion=f"{CANARY}-thought")
    actions.adopt(cast.lead, number=problem.number, hypothesis=suspected.public_id)
    said = stated(cast.lead, problem, "Not from there")
    here = f"problems/{problem.label}/"
    assert CANARY in program(cast.agent).get(f"{here}analysis/").content.decode()
    incident_actions.restrict(cast.manager, number=incident.number)
    asks = program(cast.agent)
    assert asks.get(here).json()["hits"] == {"incidents": 0, "open": 0, "people": 0}
    assert numbers(asks.get(f"{here}incidents/")) == []
    assert [one["id"] for one in asks.get(f"{here}analysis/").json()] == [str(said.public_id)]
    told = "".join(asks.get(f"{here}{part}").content.decode() for part in PARTS)
    assert CANARY not in told
    assert incident.label not in told
    assert numbers(program(cast.manager).get(f"{here}incidents/")) == [incident.label]
    for verb, sent in (("link", {"incidents": [incident.label]}), ("link", {"incidents": ["INC-9999"]})):
        assert problem_of(asks.post(f"{here}{verb}/", sent)) == (409, "refused")
    for number in (incident.label, "INC-9999"):
        answer = asks.post("problems/", {"title": "x", "incidents": [number]})
        assert answer.json()["errors"] == {"incidents": [f"There is no {number}."]}


def test_the_other_organisations_problems_are_nothing(
    cast: Cast, quill: Organisation, member: Callable[..., Member], program: Start
) -> None:
    asks = program(cast.problem_manager)
    ours = raised(cast.problem_manager)
    with bound(quill.id):
        there = member("problem_manager", organisation=quill)
        theirs = [raised(there, title=CANARY) for _turn in range(2)][1]
        task = actions.add_task(there, number=theirs.number, what=CANARY).public_id
        said = stated(there, theirs, CANARY).public_id
    for part in PARTS:
        missing, answer = (asks.get(f"problems/{label}/{part}") for label in ("PRB-9999", theirs.label))
        assert (answer.status_code, answer.content) == (404, missing.content)
    for verb, name, foreign in (("tick", "task", task), ("reword", "statement", said), ("adopt", "hypothesis", said)):
        sent = [asks.post(f"problems/{ours.label}/{verb}/", {name: str(one)}) for one in (MISSING, foreign)]
        assert sent[0].content == sent[1].content, verb
        assert sent[1].status_code == 409, sent[1].content
    assert problem_of(asks.post(f"problems/{ours.label}/merge/", {"into": theirs.label})) == (409, "refused")


def test_what_is_sent_again_is_done_once(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    key = {"Idempotency-Key": "k-1"}
    first, again = (asks.post("problems/", {"title": "Fuses melt"}, **key) for _turn in range(2))
    assert (again.status_code, again.content, again.headers["ETag"]) == (201, first.content, first.headers["ETag"])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert problem_of(asks.post("problems/", {"title": "Other"}, **key)) == (422, "key_reused")
    here = f"problems/{first.json()['number']}/note/"
    for _turn in range(2):
        assert asks.post(here, {"text": CANARY}, **{"Idempotency-Key": "k-2"}).status_code == 200
    assert (Problem.objects.count(), Note.objects.count()) == (1, 1)
    RoleGrant.objects.filter(membership=cast.agent.id).delete()
    for path, sent, name in (("problems/", {"title": "Fuses melt"}, "k-1"), (here, {"text": CANARY}, "k-2")):
        gone = asks.post(path, sent, **{"Idempotency-Key": name})
        assert (gone.status_code, gone.content) == (204, b"")


def test_what_was_decided_on_an_older_state_is_refused(cast: Cast, program: Start) -> None:
    asks, problem = program(cast.problem_manager), raised(cast.problem_manager)
    here = f"problems/{problem.label}/"
    read = {"If-Match": asks.get(here).headers["ETag"]}
    assert asks.get(here, **{"If-None-Match": read["If-Match"]}).status_code == 304
    done = asks.post(f"{here}investigate/", **read)
    assert (done.status_code, done.headers["ETag"]) == (200, asks.get(here).headers["ETag"])
    for verb, sent in (("cancel", {"reason": "x"}), ("describe", {"title": "x"}), ("merge", {"into": "PRB-9999"})):
        assert problem_of(asks.post(f"{here}{verb}/", sent, **read)) == (412, "stale")
    problem.refresh_from_db()
    assert (problem.status, problem.title) == ("investigating", "Printers catch fire")
    fresh = {"If-Match": done.headers["ETag"]}
    assert asks.post(f"{here}describe/", {"title": "x"}, **fresh).status_code == 200


@pytest.mark.parametrize(
    ("verb", "sent", "field"),
    [
        ("assess", {"impact": "group"}, "urgency"),
        ("assess", {"impact": "all", "urgency": "high"}, "impact"),
        ("appoint", {"manager": MISSING}, "manager"),
        ("describe", {"title": " "}, "title"),
        ("state", {"text": "x", "branch": "hardware"}, "branch"),
        ("support", {"statement": MISSING, "kind": "link"}, "url"),
        ("support", {"statement": MISSING, "kind": "link", "url": "ftp://x.example/"}, "url"),
        ("support", {"statement": MISSING, "kind": "measurement", "value": "1"}, "words"),
        ("support", {"statement": MISSING, "kind": "measurement", "value": "NaN", "words": "x"}, "value"),
        ("link", {"incidents": []}, "incidents"),
        ("link", {"incidents": "INC-1001"}, "incidents"),
        ("link", {"incidents": ["1001"]}, "incidents.0"),
        ("unlink", {"incident": "PRB-1001"}, "incident"),
        ("merge", {"into": "INC-1001"}, "into"),
        ("review", {"review_at": "2001-01-01T10:00:00Z"}, "review_at"),
        ("plan", {"what": "x" * 201}, "what"),
        ("note", {"text": "x", "colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(verb: str, sent: Any, field: str, cast: Cast, program: Start) -> None:
    problem = raised(cast.problem_manager)
    answer = program(cast.problem_manager).post(f"problems/{problem.label}/{verb}/", sent)
    assert problem_of(answer) == (422, "invalid")
    assert list(answer.json()["errors"]) == [field]


OWN = {field.attname for model in (Problem, Link, Note, Task) for field in model._meta.concrete_fields}


@pytest.mark.parametrize("verb", list(DEEDS))
def test_no_verb_takes_a_field_that_is_not_its_own(verb: Verb, cast: Cast, program: Start) -> None:
    problem = raised(cast.problem_manager)
    before = list(Problem.objects.values())
    sent = dict.fromkeys((EVIL | OWN) - set(DEEDS[verb].facts().fields), 1)
    answer = program(cast.problem_manager).post(f"problems/{problem.label}/{verb}/", sent)
    assert set(answer.json()["errors"]) == set(sent)
    assert list(Problem.objects.values()) == before


def asked(asks: Program, path: str) -> int:
    """How many queries an answer takes, once everything is warm."""
    asks.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert asks.get(path).status_code == 200
    return len(queries)


def test_an_answer_takes_as_many_queries_for_many_rows_as_for_few(cast: Cast, program: Start) -> None:
    asks, manager = program(cast.agent), cast.problem_manager
    problem = raised(manager)

    def live(turns: int) -> None:
        for turn in range(turns):
            incident = reported(cast.reporter)
            raised(manager, service=cast.service, title=f"Number {turn}")
            actions.link(manager, number=problem.number, incidents=[incident.number])
            actions.note(manager, number=problem.number, text="x")
            actions.add_task(manager, number=problem.number, what="x", assignee=person(cast.agent))
            concluded(manager, problem, "x")

    paths = ["problems/", *(f"problems/{problem.label}/{part}" for part in PARTS)]
    live(2)
    few = {path: asked(asks, path) for path in paths}
    live(8)
    assert {path: asked(asks, path) for path in paths} == few


def test_what_is_left_out_of_a_statement_stays_where_it_is(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter, service=cast.service)
    problem = raised(cast.lead, [incident])
    suspected = incident_actions.suspect(cast.mate, number=incident.number, suspicion=CANARY)
    above = actions.adopt(cast.lead, number=problem.number, hypothesis=suspected.public_id)
    below = stated(cast.lead, problem, "It is old", parent=above, branch=Branch.PEOPLE)
    asks = program(cast.agent)
    speak(asks, problem, "reword", statement=str(below.public_id), text="It is very old")
    incident_actions.restrict(cast.manager, number=incident.number)
    speak(asks, problem, "reword", statement=str(below.public_id), happened_at="2026-11-20T08:00:00Z")
    below.refresh_from_db()
    assert (below.parent_id, below.text, below.branch) == (above.pk, "It is very old", "people")
    assert below.happened_at
    hidden = asks.post(f"problems/{problem.label}/reword/", {"statement": str(above.public_id), "text": "x"})
    missing = asks.post(f"problems/{problem.label}/reword/", {"statement": MISSING, "text": "x"})
    assert (problem_of(hidden), hidden.content) == ((409, "refused"), missing.content)
