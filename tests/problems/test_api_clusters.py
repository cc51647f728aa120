"""What programs get of clusters, and may decide about them: as the pages, with the manners of the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from problems.actions import scanning
from problems.models import Cluster, Problem
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation, RoleGrant, TrailEntry
from tenancy.wall import bound
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.incidents.conftest import Cast
from tests.incidents.factories import CategoryFactory, reported
from tests.problems.test_clusters import CANARY, burst, laid

Start = Callable[..., Program]
MISSING = "00000000-0000-4000-8000-000000000000"


def found(cast: Cast, code: str = "X-99", **facts: Any) -> Cluster:
    """A cluster of eight incidents with this error code, as a search finds it."""
    at = clock.now()
    laid(cast, burst(at), error_code=code, title=facts.pop("title", ""), **facts)
    scanning.search(at)
    return Cluster.objects.get(kind="code", value=code.lower())


def listed(answer: Any) -> list[str]:
    """What says most, of each cluster in a list."""
    assert answer.status_code == 200, answer.content
    return [one["why"][0]["value"] for one in answer.json()["results"]]


def test_it_tells_why(cast: Cast, program: Start) -> None:
    cluster = found(cast, title="Bananas everywhere", category=CategoryFactory(name="Paper"))
    asks = program(cast.agent)
    (row,) = asks.get("clusters/").json()["results"]
    why = [("code", "X-99"), ("category", "Paper"), ("word", "bananas"), ("word", "everywhere")]
    assert [(one["kind"], one["value"]) for one in row["why"]] == why
    assert (row["state"], row["kind"], row["service"]["name"]) == ("open", "code", "Printers")
    assert (row["count"], row["people"], row["usual"], row["growth"], row["problem"]) == (8, 4, 0, 8, None)
    whole = asks.get(f"clusters/{row['id']}/").json()
    assert row["id"] == str(cluster.public_id)
    assert {name: whole[name] for name in row} == row
    assert [one["number"] for one in whole["incidents"]] == [
        one.label for one in Incident.objects.order_by("-reported_at")
    ]
    assert (whole["verbs"], whole["reason"], whole["dismissed_by"]) == (["raise", "dismiss"], "", None)
    assert program(cast.auditor).get(f"clusters/{row['id']}/").json()["verbs"] == []


def test_a_problem_is_raised_for_it(cast: Cast, program: Start) -> None:
    cluster, asks = found(cast), program(cast.agent)
    here = f"clusters/{cluster.public_id}/"
    made = asks.post(f"{here}raise/", {"title": "Fuses melt", "error_code": "X-99"})
    assert made.status_code == 201, made.content
    body = made.json()
    assert made.headers["Location"] == f"/api/v1/problems/{body['number']}/"
    read = asks.get(made.headers["Location"])
    assert (read.json(), read.headers["ETag"]) == (body, made.headers["ETag"])
    assert (body["title"], body["error_code"], body["hits"]["incidents"]) == ("Fuses melt", "X-99", 8)
    told = asks.get(here).json()
    assert (told["state"], told["problem"], told["count"], told["verbs"]) == ("raised", body["number"], 8, [])
    assert listed(asks.get("clusters/")) == []
    assert len(listed(asks.get("clusters/", {"state": "raised"}))) == 1
    for verb, sent in (("raise", {"title": "x"}), ("dismiss", {"reason": "x"})):
        assert problem_of(asks.post(f"{here}{verb}/", sent)) == (409, "refused")
    assert Problem.objects.count() == 1


def test_it_is_dismissed(cast: Cast, program: Start) -> None:
    cluster, asks = found(cast), program(cast.agent)
    answer = asks.post(f"clusters/{cluster.public_id}/dismiss/", {"reason": "A drill."})
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["state"], told["reason"], told["dismissed_by"]["name"]) == ("dismissed", "A drill.", cast.agent.name)
    assert answer.headers["ETag"] == asks.get(f"clusters/{cluster.public_id}/").headers["ETag"]
    assert listed(asks.get("clusters/")) == listed(asks.get("clusters/", {"state": "raised"})) == []
    assert listed(asks.get("clusters/", {"state": "dismissed"})) == ["X-99"]


def test_the_list_is_narrowed_and_ordered(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    found(cast, "X-1")
    found(cast, "X-2", service=None)
    at = clock.now()
    laid(cast, burst(at), title="Bananas")
    scanning.search(at)
    Cluster.objects.filter(value="x-1").update(last_seen=at + timedelta(minutes=1))
    Cluster.objects.filter(value="x-2").update(first_seen=at - timedelta(days=1))
    assert set(listed(asks.get("clusters/"))) == {"X-1", "X-2", "bananas"}
    assert listed(asks.get("clusters/"))[0] == "X-1"
    assert listed(asks.get("clusters/", {"order": "oldest"}))[0] == "X-2"
    assert listed(asks.get("clusters/", {"order": "newest"}))[-1] == "X-2"
    assert listed(asks.get("clusters/", {"kind": "word"})) == ["bananas"]
    assert set(listed(asks.get("clusters/", {"kind": ["word", "code"]}))) == {"X-1", "X-2", "bananas"}
    named = listed(asks.get("clusters/", {"service": str(cast.service.public_id)}))
    assert set(named) == {"X-1", "bananas"}
    page = asks.get("clusters/", {"limit": 2, "order": "oldest"}).json()
    rest = listed(asks.get(page["next"]))
    assert {one["why"][0]["value"] for one in page["results"]} | set(rest) == {"X-1", "X-2", "bananas"}
    assert len(rest) == 1
    Cluster.objects.filter(value="x-1").update(last_seen=at - timedelta(days=8))
    assert "X-1" not in listed(asks.get("clusters/"))


def test_what_became_the_same_is_told_once(cast: Cast, program: Start) -> None:
    narrow, asks = found(cast, title="Bananas"), program(cast.agent)
    wide = Cluster.objects.get(pk=narrow.pk)
    wide.pk, wide.public_id, wide.key, wide.kind, wide.value = None, uuid4(), "word::bananas", "word", "bananas"
    wide.reasons = []
    wide.save(force_insert=True)
    assert listed(asks.get("clusters/")) == ["X-99"]
    Cluster.objects.update(state="dismissed")
    assert set(listed(asks.get("clusters/", {"state": "dismissed"}))) == {"X-99", "bananas"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("order", value) for value in ("id", "-count", "organisation__name", "?")),
        *(("state", "new"), ("kind", "title"), ("service", "x")),
        *((name, "1") for name in ("key", "organisation_id", "value__regex", "pk", "category")),
    ],
)
def test_only_what_is_allowed_reaches_the_database(name: str, value: str, cast: Cast, program: Start) -> None:
    answer = program(cast.agent).get("clusters/", {name: value})
    assert problem_of(answer) == (422, "invalid")
    assert list(answer.json()["errors"]) == [name]


def test_whoever_reads_no_problems_is_told_the_same_of_all(cast: Cast, program: Start) -> None:
    cluster = found(cast, title=CANARY)
    for who in (cast.reporter, cast.stakeholder, cast.administrator):
        asks = program(who)
        answers = [asks.get("clusters/")]
        for one in (cluster.public_id, MISSING):
            answers += [
                asks.get(f"clusters/{one}/"),
                asks.post(f"clusters/{one}/raise/", {"title": "x"}),
                asks.post(f"clusters/{one}/dismiss/", {"reason": "x"}),
            ]
        assert {problem_of(answer) for answer in answers} == {(403, "permission_denied")}
    asks = program(cast.auditor)
    assert problem_of(asks.post(f"clusters/{cluster.public_id}/raise/", {"title": "x"}))[0] == 403
    assert problem_of(asks.post(f"clusters/{cluster.public_id}/dismiss/", {"reason": "x"}))[0] == 403
    assert Cluster.objects.get().state == "open"
    assert not Problem.objects.exists()


def test_what_is_restricted_is_not_even_counted(cast: Cast, program: Start) -> None:
    cluster, asks = found(cast), program(cast.agent)
    at = clock.now()
    (hidden,) = laid(cast, burst(at, 1), error_code="X-99", title=CANARY, restricted=True)
    here = f"clusters/{cluster.public_id}/"
    for path in ("clusters/", here):
        text = asks.get(path).content.decode()
        assert CANARY not in text
        assert hidden.label not in text
    assert [asks.get(here).json()[name] for name in ("count", "people")] == [8, 4]
    assert asks.get("clusters/").json()["results"][0]["count"] == 8
    assert program(cast.manager).get(here).json()["count"] == 9
    assert asks.post(f"{here}raise/", {"title": "x"}).json()["hits"]["incidents"] == 8
    assert asks.get(here).json()["count"] == 8
    assert CANARY not in asks.get(here).content.decode()


def test_where_one_sees_no_incident_there_is_no_cluster(cast: Cast, program: Start) -> None:
    cluster, asks = found(cast, title=CANARY), program(cast.agent)
    key = {"Idempotency-Key": "k-1"}
    here = f"clusters/{cluster.public_id}/"
    assert CANARY in asks.post(f"{here}dismiss/", {"reason": "A drill."}, **key).content.decode()
    Incident.objects.update(restricted=True)
    gone = asks.post(f"{here}dismiss/", {"reason": "A drill."}, **key)
    assert (gone.status_code, gone.content) == (204, b"")
    Cluster.objects.update(state="open")
    missing = asks.get(f"clusters/{MISSING}/")
    assert (asks.get(here).status_code, asks.get(here).content) == (404, missing.content)
    assert asks.post(f"{here}raise/", {"title": "x"}).status_code == 404
    assert listed(asks.get("clusters/")) == []
    assert len(listed(program(cast.manager).get("clusters/"))) == 1


def test_the_other_organisations_clusters_are_nothing(
    cast: Cast, quill: Organisation, member: Callable[..., Member], program: Start
) -> None:
    with bound(quill.id):
        at = reported(member("agent", organisation=quill), title=CANARY).reported_at
        theirs = Cluster.objects.create(
            key="word::canary", kind="word", value="canary", first_seen=at, last_seen=at, count=8, usual=0, people=1
        )
    asks = program(cast.problem_manager)
    assert listed(asks.get("clusters/")) == []
    for part, sent in (("", None), ("raise/", {"title": "x"}), ("dismiss/", {"reason": "x"})):
        ask = asks.post if part else asks.get
        missing, answer = (ask(f"clusters/{one}/{part}", sent) for one in (MISSING, theirs.public_id))
        assert (answer.status_code, answer.content) == (404, missing.content)


def test_what_is_sent_again_is_done_once(cast: Cast, program: Start) -> None:
    cluster, asks, key = found(cast), program(cast.agent), {"Idempotency-Key": "k-1"}
    here = f"clusters/{cluster.public_id}/raise/"
    first, again = (asks.post(here, {"title": "Fuses melt"}, **key) for _turn in range(2))
    assert (again.status_code, again.content, again.headers["ETag"]) == (201, first.content, first.headers["ETag"])
    assert again.headers["Idempotent-Replayed"] == "true"
    assert problem_of(asks.post(here, {"title": "Other"}, **key)) == (422, "key_reused")
    assert Problem.objects.count() == TrailEntry.objects.filter(kind="cluster.raised").count() == 1
    RoleGrant.objects.filter(membership=cast.agent.id).delete()
    gone = asks.post(here, {"title": "Fuses melt"}, **key)
    assert (gone.status_code, gone.content) == (204, b"")


def test_what_was_decided_on_an_older_state_is_refused(cast: Cast, program: Start) -> None:
    cluster, asks = found(cast), program(cast.agent)
    here = f"clusters/{cluster.public_id}/"
    read = {"If-Match": asks.get(here).headers["ETag"]}
    assert asks.get(here, **{"If-None-Match": read["If-Match"]}).status_code == 304
    at = clock.now()
    laid(cast, burst(at, 2), error_code="X-99", title="")
    scanning.search(at)
    for verb, sent in (("raise", {"title": "x"}), ("dismiss", {"reason": "x"})):
        assert problem_of(asks.post(f"{here}{verb}/", sent, **read)) == (412, "stale")
    assert not Problem.objects.exists()
    fresh = {"If-Match": asks.get(here).headers["ETag"]}
    assert asks.post(f"{here}raise/", {"title": "x"}, **fresh).status_code == 201
    assert problem_of(asks.post(f"{here}dismiss/", {"reason": "x"}, **fresh)) == (412, "stale")


@pytest.mark.parametrize(
    ("verb", "sent", "field"),
    [
        ("raise", {}, "title"),
        ("raise", {"title": "x" * 201}, "title"),
        ("raise", {"title": "x", "service": MISSING}, "service"),
        ("raise", {"title": "x", "incidents": []}, "incidents"),
        ("raise", {"title": "x", "state": "open"}, "state"),
        ("dismiss", {}, "reason"),
        ("dismiss", {"reason": " "}, "reason"),
        ("dismiss", {"reason": "x", "dismissed_count": 1}, "dismissed_count"),
    ],
)
def test_what_is_wrong_is_named(verb: str, sent: Any, field: str, cast: Cast, program: Start) -> None:
    answer = program(cast.agent).post(f"clusters/{found(cast).public_id}/{verb}/", sent)
    assert problem_of(answer) == (422, "invalid")
    assert list(answer.json()["errors"]) == [field]


def asked(asks: Program, path: str) -> int:
    """How many queries an answer takes, once everything is warm."""
    asks.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert asks.get(path).status_code == 200
    return len(queries)


def test_an_answer_takes_as_many_queries_for_many_rows_as_for_few(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    cluster = found(cast, "X-0", category=CategoryFactory())
    paths = ["clusters/", f"clusters/{cluster.public_id}/"]
    few = {path: asked(asks, path) for path in paths}
    for turn in range(1, 6):
        found(cast, f"X-{turn}", category=CategoryFactory())
    laid(cast, burst(clock.now()), error_code="X-0", title="")
    assert len(listed(asks.get("clusters/"))) == 6
    assert {path: asked(asks, path) for path in paths} == few
