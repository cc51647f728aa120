"""What programs get of articles: staff all of them, readers what is published for everybody, and nothing internal."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import actions as incident_actions
from problems import actions
from problems.knowledge import Audience
from problems.models import Article, Revision, Use, Vote
from tenancy.members import Member
from tenancy.models import Organisation, RoleGrant
from tenancy.wall import bound
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.incidents.conftest import Cast
from tests.incidents.factories import CategoryFactory, ServiceFactory, person, reported
from tests.problems.factories import raised
from tests.problems.test_knowledge import public, written

Start = Callable[..., Program]
CANARY = "c4n4ry"
MISSING = "00000000-0000-4000-8000-000000000000"


def titles(answer: Any) -> list[str]:
    """What stands in a list."""
    assert answer.status_code == 200, answer.content
    return [one["title"] for one in answer.json()["results"]]


def known(member: Member, title: str, **draft: Any) -> Article:
    """A known error for staff."""
    problem = raised(member)
    texts = {"cause": "Fuses", "workaround": "Use the stairs.", **draft}
    article = written(member, problem=problem.number, title=title, **texts)
    return actions.publish(member, article=article.public_id)


def test_what_was_said_before_can_be_read(cast: Cast, program: Start) -> None:
    article = public(cast.lead, title="Empty pages", body="Turn it.", cause=CANARY)
    asks, here = program(cast.lead), f"articles/{article.public_id}/"
    for turn in range(2):
        assert asks.post(f"{here}revise/", {"body": f"Turn it {turn} times."}).status_code == 200
    listed = asks.get(f"{here}revisions/", {"limit": 2}).json()
    assert [one["edition"] for one in listed["results"]] == [3, 2]
    assert listed["results"][0]["author"]["name"] == cast.lead.name
    (first,) = asks.get(listed["next"]).json()["results"]
    read = asks.get(f"{here}revisions/{first['edition']}/")
    assert (read.json()["body"], read.json()["cause"]) == ("Turn it.", CANARY)
    assert first.items() <= read.json().items()
    assert asks.get(f"{here}revisions/1/", **{"If-None-Match": read.headers["ETag"]}).status_code == 304
    for edition in ("0", "4", "9" * 30):
        assert asks.get(f"{here}revisions/{edition}/").status_code == 404
    for path in (f"{here}revisions/", f"{here}revisions/1/", f"articles/{MISSING}/revisions/"):
        assert problem_of(program(cast.reporter).get(path)) == (403, "permission_denied")


def test_from_the_draft_to_what_readers_say(cast: Cast, program: Start) -> None:
    asks, reads = program(cast.lead), program(cast.bystander)
    category = CategoryFactory(name="Paper")
    sent = {
        "title": "Empty pages",
        "body": "Turn the roll *over*.",
        "cause": "The wrong roll",
        "audience": "public",
        "services": [str(cast.service.public_id)] * 2,
        "categories": [str(category.public_id)],
        "owner": str(person(cast.agent).public_id),
        "review_on": "2099-01-01",
    }
    made = asks.post("articles/", sent)
    assert made.status_code == 201, made.content
    body, here = made.json(), made.headers["Location"]
    assert here == f"/api/v1/articles/{body['id']}/"
    read = asks.get(here)
    assert (read.json(), read.headers["ETag"]) == (body, made.headers["ETag"])
    assert body["desk"]["services"] == [{"id": sent["services"][0], "name": "Printers"}]
    assert (body["desk"]["state"], body["desk"]["cause"], body["desk"]["review_on"]) == (
        *("draft", "The wrong roll", "2099-01-01"),
    )
    assert body["verbs"] == ["revise", "publish", "retire", "restore"]
    assert reads.get(here).status_code == 404
    revised = asks.post(f"{here}revise/", {"workaround": "Fax it."}).json()
    assert (revised["body"], revised["workaround"], revised["desk"]["edition"]) == (sent["body"], "Fax it.", 2)
    assert revised["desk"]["categories"] == [{"id": sent["categories"][0], "name": "Paper"}]
    assert revised["desk"]["owner"]["name"] == cast.agent.name
    assert asks.post(f"{here}publish/").json()["desk"]["state"] == "published"
    seen = reads.get(here).json()
    assert (seen["title"], seen["workaround"], seen["verbs"]) == ("Empty pages", "Fax it.", ["vote", "solved"])
    assert seen["desk"] is None
    assert titles(reads.get("articles/", {"q": "empty page"})) == ["Empty pages"]
    assert reads.post(f"{here}vote/", {"helped": False, "words": "Which roll?"}).json() == seen
    assert reads.post(f"{here}solved/").status_code == 200
    assert asks.get(here).json()["desk"]["worth"] == {"helped": 0, "did_not": 1, "used": 0, "deflected": 1}
    assert asks.post(f"{here}restore/", {"edition": 1}).json()["workaround"] == ""
    assert asks.post(f"{here}retire/").json()["desk"]["state"] == "retired"
    assert problem_of(asks.post(f"{here}retire/")) == (409, "refused")
    assert reads.get(here).status_code == 404
    assert (Vote.objects.count(), Use.objects.count(), Revision.objects.count()) == (1, 1, 3)


def test_readers_get_nothing_internal(cast: Cast, program: Start) -> None:
    manager = cast.problem_manager
    problem = raised(manager, title=f"{CANARY}-problem")
    article = public(manager, problem=problem.number, cause=f"{CANARY}-cause", workaround="Use the stairs.")
    internal = actions.publish(manager, article=written(manager, title=f"{CANARY}-in", body=CANARY).public_id)
    draft = written(manager, title=f"{CANARY}-draft", audience=Audience.PUBLIC)
    retired = public(manager, title=f"{CANARY}-retired")
    actions.retire(manager, article=retired.public_id)
    for who in (cast.reporter, cast.stakeholder, cast.administrator):
        asks, here = program(who), f"articles/{article.public_id}/"
        answers = [asks.get("articles/", query) for query in ({}, {"q": CANARY}, {"q": "stairs"})]
        answers += [asks.get(here), asks.post(f"{here}vote/", {"helped": True}), asks.post(f"{here}solved/")]
        assert [one.status_code for one in answers] == [200] * 6
        assert [titles(one) for one in answers[:3]] == [[article.title], [], [article.title]]
        told = "".join(one.content.decode() for one in answers)
        for inside in (CANARY, problem.label, "Fuses"):
            assert inside not in told
        for hidden in (internal, draft, retired):
            missing = asks.get(f"articles/{MISSING}/")
            answer = asks.get(f"articles/{hidden.public_id}/")
            assert (answer.status_code, answer.content) == (404, missing.content)
            for verb, sent in (("vote", {"helped": True}), ("solved", {})):
                assert problem_of(asks.post(f"articles/{hidden.public_id}/{verb}/", sent))[0] == 404
        for query in ({"state": "draft"}, {"problem": problem.label}, {"known_error": "true"}, {"audience": "public"}):
            assert problem_of(asks.get("articles/", query)) == (403, "permission_denied")
        assert problem_of(asks.get("known-errors/")) == (403, "permission_denied")
        for verb in ("revise", "publish", "retire", "restore"):
            answers = [
                asks.post(f"articles/{one}/{verb}/", {}) for one in (article.public_id, draft.public_id, MISSING)
            ]
            assert {problem_of(one) for one in answers} == {(403, "permission_denied")}
        assert problem_of(asks.post("articles/", {"title": "x"})) == (403, "permission_denied")
    sung = program(cast.agent).get("articles/", {"q": CANARY})
    assert CANARY in sung.content.decode()


def test_the_list_is_narrowed(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)
    error = known(cast.problem_manager, "Known", error_code="E-17", services=(cast.service,))
    public(cast.lead, title="Public", owner=person(cast.mate))
    written(cast.lead, title="Draft")
    assert titles(asks.get("articles/")) == ["Draft", "Public", "Known"]
    assert titles(asks.get("articles/", {"state": ["draft", "retired"]})) == ["Draft"]
    assert titles(asks.get("articles/", {"audience": "public"})) == ["Public"]
    assert titles(asks.get("articles/", {"known_error": "true"})) == ["Known"]
    assert titles(asks.get("articles/", {"known_error": "false"})) == ["Draft", "Public"]
    assert titles(asks.get("articles/", {"service": str(cast.service.public_id)})) == ["Known"]
    assert titles(asks.get("articles/", {"owner": str(person(cast.mate).public_id)})) == ["Public"]
    assert titles(asks.get("articles/", {"error_code": "e-17"})) == ["Known"]
    assert titles(asks.get("articles/", {"problem": f"PRB-{error.problem.number}"})) == ["Known"]  # type: ignore[union-attr]
    assert titles(asks.get("articles/", {"q": "roll", "audience": "public"})) == ["Public"]
    assert len(titles(asks.get("articles/", {"q": "roll", "limit": "2"}))) == 2
    page = asks.get("articles/?limit=2").json()
    assert [one["title"] for one in page["results"]] == ["Draft", "Public"]
    assert titles(asks.get(page["next"])) == ["Known"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        *(("articles/", name, "1") for name in ("pk", "cause", "title__regex", "order", "incident")),
        *(("articles/", name, "x") for name in ("state", "audience", "service", "problem", "known_error")),
        *(("known-errors/", name, "x") for name in ("state", "service", "problem", "incident", "owner")),
        *((path, "q", "x" * 201) for path in ("articles/", "known-errors/")),
    ],
)
def test_only_what_is_allowed_reaches_the_database(
    path: str, name: str, value: str, cast: Cast, program: Start
) -> None:
    answer = program(cast.agent).get(path, {name: value})
    assert problem_of(answer) == (422, "invalid")
    assert list(answer.json()["errors"]) == [name]


def test_what_is_found_by_words_has_no_pages(cast: Cast, program: Start) -> None:
    answer = program(cast.agent).get("articles/", {"q": "roll", "cursor": "x"})
    assert answer.json()["errors"] == {"cursor": ["There is no such parameter."]}


def test_known_errors_are_held_against_an_incident(cast: Cast, program: Start) -> None:
    asks, manager = program(cast.agent), cast.problem_manager
    fits = known(manager, "Smoke rises", error_code="E-17", services=(cast.service,))
    known(manager, "The fax beeps", error_code="E-18")
    public(cast.lead, title="Smoke in articles that know no cause")
    incident = reported(cast.reporter, title="Smoke", error_code="e-17", service=cast.service)
    assert titles(asks.get("known-errors/")) == ["The fax beeps", "Smoke rises"]
    (found,) = asks.get("known-errors/", {"incident": incident.label}).json()["results"]
    assert (found["id"], found["cause"], found["workaround"]) == (str(fits.public_id), "Fuses", "Use the stairs.")
    assert found["problem"] == fits.problem.label  # type: ignore[union-attr]
    assert titles(asks.get("known-errors/", {"q": "smoke"})) == ["Smoke rises"]
    assert titles(asks.get("known-errors/", {"q": "beeps", "incident": incident.label})) == []
    assert titles(asks.get("known-errors/", {"error_code": "e-18"})) == ["The fax beeps"]
    page = asks.get("known-errors/?limit=1").json()
    assert titles(asks.get(page["next"])) == ["Smoke rises"]
    hidden = reported(cast.reporter, title="Smoke", service=cast.service)
    incident_actions.restrict(cast.manager, number=hidden.number)
    for label in (hidden.label, "INC-9999"):
        answer = asks.get("known-errors/", {"incident": label})
        assert answer.json()["errors"] == {"incident": [f"There is no {label}."]}


def test_what_is_wrong_is_named(cast: Cast, program: Start) -> None:
    asks = program(cast.lead)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({}, "title"),
        ({"title": "x", "audience": "all"}, "audience"),
        ({"title": "x", "services": [MISSING]}, "services.0"),
        ({"title": "x", "owner": MISSING}, "owner"),
        ({"title": "x", "review_on": "soon"}, "review_on"),
        ({"title": "x", "problem": "PRB-9999"}, "problem"),
        ({"title": "x", "state": "published"}, "state"),
    ]
    for sent, field in wrong:
        answer = asks.post("articles/", sent)
        assert problem_of(answer) == (422, "invalid")
        assert list(answer.json()["errors"]) == [field]
    assert not Article.objects.exists()
    empty = asks.post("articles/", {"title": "x"}).json()
    assert problem_of(asks.post(f"articles/{empty['id']}/publish/")) == (409, "refused")


def test_the_other_organisations_articles_are_nothing(
    cast: Cast, quill: Organisation, member: Callable[..., Member], program: Start
) -> None:
    with bound(quill.id):
        there = member("problem_manager", organisation=quill)
        theirs = known(there, CANARY, audience=Audience.PUBLIC).public_id
    asks = program(cast.lead)
    assert titles(asks.get("articles/", {"q": CANARY})) == titles(asks.get("known-errors/")) == []
    for part in ("", "revise/", "publish/", "vote/"):
        ask = asks.post if part else asks.get
        sent = {"helped": True} if part == "vote/" else {}
        answers = [ask(f"articles/{one}/{part}", sent) for one in (MISSING, theirs)]
        assert answers[1].status_code == 404
        assert answers[0].content == answers[1].content


def test_what_is_sent_again_is_done_once_and_what_was_decided_on_an_older_text_is_refused(
    cast: Cast, program: Start
) -> None:
    asks, key = program(cast.lead), {"Idempotency-Key": "k-1"}
    first, again = (asks.post("articles/", {"title": "Stairs", "body": "x"}, **key) for _turn in range(2))
    assert (again.status_code, again.content) == (201, first.content)
    assert Article.objects.count() == 1
    here, read = first.headers["Location"], {"If-Match": first.headers["ETag"]}
    told = asks.post(f"{here}publish/", **read)
    assert told.headers["ETag"] == asks.get(here).headers["ETag"]
    for verb, sent in (("revise", {"body": "y"}), ("retire", {}), ("vote", {"helped": True})):
        assert problem_of(asks.post(f"{here}{verb}/", sent, **read)) == (412, "stale")
    assert Article.objects.get().body == "x"
    asks.post(f"{here}vote/", {"helped": True}, **{"Idempotency-Key": "k-2"})
    RoleGrant.objects.filter(membership=cast.lead.id).delete()
    for path, sent, name in (
        (f"{here}vote/", {"helped": True}, "k-2"),
        ("articles/", {"title": "Stairs", "body": "x"}, "k-1"),
    ):
        gone = asks.post(path, sent, **{"Idempotency-Key": name})
        assert (gone.status_code, gone.content) == (204, b"")


def asked(asks: Program, path: str) -> int:
    """How many queries an answer takes, once everything is warm."""
    asks.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert asks.get(path).status_code == 200
    return len(queries)


def test_an_answer_takes_as_many_queries_for_many_rows_as_for_few(cast: Cast, program: Start) -> None:
    asks = program(cast.agent)

    def live(turns: int) -> None:
        for _turn in range(turns):
            known(cast.problem_manager, "Smoke", services=tuple(ServiceFactory() for _one in range(2)))

    paths = ["articles/", "articles/?q=smoke", "known-errors/", "known-errors/?q=smoke"]
    live(2)
    few = {path: asked(asks, path) for path in paths}
    live(8)
    assert {path: asked(asks, path) for path in paths} == few
