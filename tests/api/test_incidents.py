"""Report, find, read: what a program gets of incidents."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import actions
from incidents.lifecycle import Status
from incidents.models import Attachment, Incident
from incidents.priority import Priority
from tenancy.members import Member
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.incidents.conftest import Cast
from tests.incidents.factories import ServiceFactory, brought_to, person, reported

pytestmark = pytest.mark.django_db
Make = Callable[..., Member]
Start = Callable[..., Program]


def found(answer: Any) -> list[str]:
    """The numbers in a list."""
    assert answer.status_code == 200, answer.content
    return [one["number"] for one in answer.json()["results"]]


def test_what_staff_report_is_answered_as_it_is_read(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    answer = asks.post("incidents/", {"title": "Smoke", "service": str(cast.service.public_id)})
    read = asks.get(f"incidents/{answer.json()['number']}/")
    assert answer.json()["desk"]["logged_by"]["name"] == cast.agent.name
    assert (read.json(), read.headers["ETag"]) == (answer.json(), answer.headers["ETag"])


def test_a_report_with_everything(cast: Cast, program: Start) -> None:
    asks = program(cast.reporter)
    upload = asks.client.post("/api/v1/files/", {"file": SimpleUploadedFile("a.txt", b"Smoke")})
    assert upload.status_code == 201
    sent = {
        "title": "Smoke",
        "description": "Out of the printer",
        "service": str(cast.service.public_id),
        "urgency": "high",
        "impact": "group",
        "occurred_at": "2026-11-20T08:00:00+01:00",
        "occurred_roughly": True,
        "error_code": "E 5",
        "attachments": [upload.json()["id"]],
        "source": "monitoring",
        "source_reference": "probe 7",
    }
    answer = asks.post("incidents/", sent)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert answer.headers["Location"] == f"/api/v1/incidents/{body['number']}/"
    same = ("title", "description", "urgency", "impact", "occurred_roughly", "error_code", "source", "source_reference")
    assert {name: body[name] for name in same} == {name: sent[name] for name in same}
    assert body["service"] == {"id": sent["service"], "name": "Printers"}
    assert body["team"]["name"] == "Printing"
    assert body["desk"] is None
    assert body["verbs"] == ["comment", "withdraw"]
    read = asks.get(answer.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, answer.headers["ETag"])
    (file,) = asks.get(f"incidents/{body['number']}/attachments/").json()["results"]
    download = asks.get(f"files/{file['id']}/")
    assert b"".join(download.streaming_content) == b"Smoke"
    assert download.headers["Content-Disposition"] == 'attachment; filename="a.txt"'


def test_what_is_null_is_left_out(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    nothing = dict.fromkeys(("service", "occurred_at", "reporter", "contact"))
    assert asks.post("incidents/", {"title": "Down", **nothing}).status_code == 201
    somebody = asks.post("incidents/", {"title": "Down", "contact": {"name": "Ada", "mail": ""}})
    assert somebody.json()["reporter"]["name"] == "Ada"


def test_a_reference_of_the_source_makes_one_incident(cast: Cast, program: Start) -> None:
    asks = program(cast.reporter)
    sent = {"title": "Down", "source": "monitoring", "source_reference": "probe 7"}
    first, again = asks.post("incidents/", sent), asks.post("incidents/", {**sent, "title": "Down again"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert asks.post("incidents/", {**sent, "source": "testing"}).status_code == 201


def test_somebody_elses_reference_tells_nothing(cast: Cast, program: Start) -> None:
    sent = {"title": "Down", "source": "monitoring", "source_reference": "probe 7"}
    first = program(cast.reporter).post("incidents/", sent).json()
    for stranger in (cast.bystander, cast.agent):
        answer = program(stranger).post("incidents/", sent)
        assert (answer.status_code, answer.json()["reporter"]["name"]) == (201, stranger.name)
        assert first["number"] not in answer.content.decode()
    assert Incident.objects.filter(source_reference="probe 7").count() == 3


def test_ones_own_reference_shows_no_more_than_one_may_see(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    sent = {"title": "Down", "reporter": str(person(cast.reporter).public_id), "source_reference": "probe 7"}
    number = int(asks.post("incidents/", sent).json()["number"].removeprefix("INC-"))
    actions.route(cast.manager, number=number, team=cast.other_team)
    actions.restrict(cast.manager, number=number)
    assert problem_of(asks.post("incidents/", sent)) == (409, "refused")
    assert Incident.objects.count() == 1


def test_a_report_for_somebody(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    known = asks.post("incidents/", {"title": "Smoke", "reporter": str(person(cast.reporter).public_id)})
    assert known.json()["reporter"]["name"] == cast.reporter.name
    assert known.json()["desk"]["logged_by"]["name"] == cast.agent.name
    contact = {"name": "Nora New", "mail": "nora@people.example"}
    assert asks.post("incidents/", {"title": "Smoke", "contact": contact}).json()["reporter"]["name"] == "Nora New"
    both = asks.post("incidents/", {"title": "Smoke", "contact": contact, "reporter": known.json()["reporter"]["id"]})
    assert problem_of(both) == (422, "invalid")
    refused = program(cast.reporter).post("incidents/", {"title": "Smoke", "contact": {"name": "Nora"}})
    assert problem_of(refused) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": ["x"]}, "title"),
        ({"title": "x", "urgency": "very"}, "urgency"),
        ({"title": "x", "occurred_at": "yesterday"}, "occurred_at"),
        ({"title": "x", "occurred_at": "9999-12-31T23:59:59-14:00"}, "occurred_at"),
        ({"title": "x", "service": "x"}, "service"),
        ({"title": "x", "service": "00000000-0000-4000-8000-000000000000"}, "service"),
        ({"title": "x", "attachments": ["00000000-0000-4000-8000-000000000000"]}, "attachments"),
        ({"title": "x", "source": "portal"}, "source"),
        ({"title": "x", "number": 7}, "number"),
        ({"title": "x", "contact": {"name": "Nora", "role": "administrator"}}, "contact.role"),
        ({"title": "x", "contact": {"name": "Nora", "mail": "no"}}, "contact.mail"),
        ({"title": "x", "contact": "Nora"}, "contact"),
        ({"title": "a\0b"}, "title"),
        ([], ""),
        ("x", ""),
    ],
)
def test_what_is_wrong_is_named(sent: Any, field: str, cast: Cast, program: Start) -> None:

    answer = program(cast.agent).post("incidents/", json.dumps(sent))
    assert problem_of(answer) == (422, "invalid")
    assert list(answer.json()["errors"]) == [field]
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 100_000, b'{"title": NaN}', b'{"title": "\\ud800"}', b"\xff", b"9" * 5000]
)
def test_what_cannot_be_read_is_refused(body: bytes, cast: Cast, program: Start) -> None:
    assert problem_of(program(cast.agent).post("incidents/", body)) == (400, "parse_error")


def test_what_is_too_large_or_of_another_kind_is_refused(cast: Cast, program: Start, settings: Any) -> None:
    asks = program(cast.agent)
    form = asks.client.post("/api/v1/incidents/", {"title": "x"})
    assert problem_of(form) == (415, "unsupported_media_type")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert problem_of(asks.post("incidents/", {"title": "x" * 200})) == (413, "too_large")


def test_the_list_is_narrowed_and_ordered(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    old = reported(cast.reporter, at=timezone.now() - timedelta(days=2), title="The fax", service=cast.service)
    burning = reported(cast.affected, title="The mail", urgency="critical", impact="organisation")
    solved = brought_to(Status.RESOLVED, cast.reporter, cast.agent, title="The lamp")
    labels = [one.label for one in (old, burning, solved)]
    assert found(asks.get("incidents/")) == [labels[2], labels[1], labels[0]]
    assert found(asks.get("incidents/", {"order": "oldest"}))[0] == labels[0]
    assert found(asks.get("incidents/", {"order": "burning"}))[0] == labels[1]
    assert found(asks.get("incidents/", {"status": ["new", "resolved"], "q": "lamp"})) == [labels[2]]
    assert found(asks.get("incidents/", {"open": "false"})) == [labels[2]]
    assert found(asks.get("incidents/", {"service": str(cast.service.public_id)})) == [labels[0]]
    assert found(asks.get("incidents/", {"reporter": str(person(cast.affected).public_id)})) == [labels[1]]
    since = (timezone.now() - timedelta(days=1)).isoformat()
    assert found(asks.get("incidents/", {"reported_before": since})) == [labels[0]]
    assert found(asks.get("incidents/", {"updated_since": since, "order": "changed"})) == labels[1:]
    assert found(program(cast.reporter).get("incidents/")) == [labels[2], labels[0]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("order", ["id", "-number", "organisation__name", "?", "reported_at;--"]),
        ("status", ["open", "new'--"]),
        ("open", ["yes", "1"]),
        ("service", ["1", "x", "service__name"]),
        ("updated_since", ["never", "0000-01-01", "99999-01-01", "1e9"]),
        *((name, ["1"]) for name in ("number", "organisation_id", "reporter__person__password", "title__regex", "pk")),
    ],
)
def test_only_what_is_allowed_reaches_the_database(name: str, values: list[str], cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    for value in values:
        assert problem_of(asks.get("incidents/", {name: value})) == (422, "invalid"), value


def test_a_walk_through_all_pages_sees_each_once(cast: Cast, program: Start) -> None:
    same = timezone.now()
    labels = {reported(cast.reporter, at=same).label for _turn in range(7)}
    asks = program(cast.agent)
    for order in ("newest", "oldest", "burning", "changed"):
        path, seen = f"incidents/?limit=3&order={order}", []
        while path:
            page = asks.get(path).json()
            seen += [one["number"] for one in page["results"]]
            path = page["next"]
        assert len(seen) == 7
        assert set(seen) == labels


def asked(asks: Program, path: str) -> int:
    """How many queries an answer takes, once everything is warm."""
    asks.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert asks.get(path).status_code == 200
    return len(queries)


def test_an_answer_takes_as_many_queries_for_many_rows_as_for_few(cast: Cast, program: Start, member: Make) -> None:
    asks = program(cast.agent)
    number = reported(cast.reporter).number

    def live(turns: int) -> None:
        for turn in range(turns):
            friend, agent = member(), member("agent")
            brought_to(Status.IN_PROGRESS, friend, agent, service=ServiceFactory())
            actions.involve(agent, number=number, person=person(friend), part="participant")
            actions.assign(agent, number=number, assignee=person(agent))
            files = [one.uuid for one in actions.keep(agent, uploads=[SimpleUploadedFile("a.txt", b"a")])]
            actions.reply(agent, number=number, text="Hello", attachments=files)
            actions.suspect(agent, number=number, suspicion="The cable")
            actions.refer(agent, number=number, kind="supplier", value=f"{turn} {agent.id}")

    label = f"incidents/INC-{number}/"
    parts = [f"{label}{part}" for part in ("", "messages/", "attachments/", "trail/", "people/")]
    paths = ["incidents/", *parts, "services/", "teams/", "people/"]
    live(2)
    few = {path: asked(asks, path) for path in paths}
    live(8)
    assert {path: asked(asks, path) for path in paths} == few
    assert few["incidents/"] <= 12
    assert max(few.values()) <= 20


def test_what_is_internal_stays_inside(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter)
    number = incident.number
    kept = [one.uuid for one in actions.keep(cast.agent, uploads=[SimpleUploadedFile("secret.txt", b"s")])]
    actions.note(cast.agent, number=number, text="secret words", attachments=kept)
    actions.diagnose(cast.agent, number=number, root_cause="secret cause")
    actions.suspect(cast.agent, number=number, suspicion="secret suspicion")
    actions.override_priority(cast.lead, number=number, priority=Priority.P1, reason="secret reason")
    paths = [f"incidents/{incident.label}/{part}" for part in ("", "messages/", "attachments/")]
    for path in paths:
        assert "secret" in program(cast.agent).get(path).content.decode(), path
        assert "secret" not in program(cast.reporter).get(path).content.decode(), path
    assert program(cast.reporter).get(f"files/{kept[0]}/").status_code == 404
    for part in ("trail/", "people/"):
        assert problem_of(program(cast.reporter).get(f"incidents/{incident.label}/{part}")) == (
            403,
            "permission_denied",
        )


def test_the_trail_names_records_by_their_public_ids(cast: Cast, program: Start) -> None:
    incident = reported(cast.reporter, service=cast.service)
    actions.assign(cast.lead, number=incident.number, assignee=person(cast.agent))
    actions.involve(cast.agent, number=incident.number, person=person(cast.affected), part="affected")
    entries = program(cast.agent).get(f"incidents/{incident.label}/trail/").json()["results"]
    assert [one["kind"] for one in entries] == ["incident.reported", "incident.assigned", "incident.person_added"]
    agent = {"id": str(person(cast.agent).public_id), "name": cast.agent.name}
    assert entries[1]["changed"] == {"status": ["new", "in_progress"], "assignee": [None, agent]}
    assert entries[1]["actor"]["name"] == cast.lead.name
    assert entries[2]["person"]["name"] == cast.affected.name


def test_an_upload_keeps_to_the_organisations_limits(cast: Cast, program: Start) -> None:
    asks = program(cast.reporter).client
    empty = asks.post("/api/v1/files/", {"file": SimpleUploadedFile("a.txt", b"")})
    assert problem_of(empty) == (422, "invalid")
    assert empty.json()["errors"] == {"file": ["“a.txt” is empty. It was left out."]}
    more = asks.post("/api/v1/files/", {"file": SimpleUploadedFile("a.txt", b"a"), "incident": "INC-1"})
    assert more.json()["errors"] == {"incident": ["There is no such field."]}
    assert not Attachment.objects.exists()
    assert problem_of(asks.post("/api/v1/files/", "{}", content_type="application/json"))[0] == 415
