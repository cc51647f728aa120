"""What programs get of what is like an incident: as its panel in the desk, with the manners of the API."""

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.lifecycle import Status
from incidents.models import Incident
from problems import actions
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.api.conftest import Program
from tests.api.test_manners import problem_of
from tests.incidents.conftest import Cast
from tests.incidents.factories import brought_to, reported
from tests.problems.factories import raised
from tests.problems.test_clusters import CANARY, laid

Start = Callable[..., Program]
TITLE = "Printer jams on thick paper"
SORTS = ("open", "solved", "known_errors", "problems")


def test_each_sort_is_told_with_its_reason(cast: Cast, program: Start) -> None:
    one = reported(cast.reporter, title=TITLE, service=cast.service, error_code="E-17")
    coded = reported(cast.affected, title="It smokes", error_code="e-17")
    solved = brought_to(Status.CLOSED, cast.affected, cast.agent, title="Thick paper jams", service=cast.service)
    problem = raised(cast.problem_manager, [coded], title="Fuses melt", error_code="E-17")
    draft = ArticleDraft(title="Jams", workaround="Walk.", cause="Age", error_code="E-17", audience=Audience.PUBLIC)
    article = actions.write_article(cast.problem_manager, draft=draft, problem=problem.number)
    actions.publish(cast.problem_manager, article=article.public_id)
    asks, here = program(cast.agent), f"incidents/{one.label}/similar/"
    answer = asks.get(here)
    told = answer.json()
    reasons = {"same_error_code": True, "same_service": False}
    (waits,), (over,) = told["open"], told["solved"]
    assert waits == {
        **reasons,
        "number": coded.label,
        "title": "It smokes",
        "status": coded.status,
        "words": [],
        "resolution": None,
        "resolution_note": "",
        "problem": problem.label,
    }
    assert (over["number"], over["same_service"], over["words"]) == (solved.label, True, ["jams", "paper", "thick"])
    assert (over["resolution"], over["resolution_note"]) == (solved.resolution_code, solved.resolution_note)
    assert told["known_errors"] == [
        {"id": str(article.public_id), "title": "Jams", "problem": problem.label, **reasons}
    ]
    assert [(each["number"], each["same_error_code"]) for each in told["problems"]] == [(problem.label, True)]
    assert asks.get(here, **{"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert problem_of(asks.get(here, {"limit": 2})) == (422, "invalid")


def test_only_what_one_may_see(cast: Cast, program: Start) -> None:
    one = reported(cast.reporter, title=TITLE)
    (hidden,) = laid(cast, [clock.now()], title=f"{TITLE} {CANARY}", restricted=True)
    here = f"incidents/{one.label}/similar/"
    assert program(cast.agent).get(here).json() == {name: [] for name in SORTS}
    assert CANARY in program(cast.manager).get(here).content.decode()
    missing, answer = (program(cast.agent).get(f"incidents/{who}/similar/") for who in ("INC-9999", hidden.label))
    assert (answer.status_code, answer.content) == (404, missing.content)


def test_it_is_for_staff(cast: Cast, program: Start) -> None:
    one = reported(cast.reporter, title=TITLE)
    reported(cast.affected, title=f"{TITLE} {CANARY}")
    for who in (cast.reporter, cast.stakeholder, cast.administrator):
        for label in (one.label, "INC-9999"):
            assert problem_of(program(who).get(f"incidents/{label}/similar/")) == (403, "permission_denied")


def test_the_other_organisation_is_beyond_the_wall(
    cast: Cast, quill: Organisation, member: Callable[..., Member], program: Start
) -> None:
    one = reported(cast.reporter, title=TITLE)
    with bound(quill.id):
        there = member("agent", organisation=quill)
        theirs = [reported(there, title=f"{TITLE} {CANARY}") for _turn in range(3)][-1]
    asks = program(cast.manager)
    assert asks.get(f"incidents/{one.label}/similar/").json() == {name: [] for name in SORTS}
    assert not Incident.objects.filter(number=theirs.number).exists()
    assert asks.get(f"incidents/{theirs.label}/similar/").status_code == 404


def test_it_asks_no_more_for_many(cast: Cast, program: Start) -> None:
    one, asks = reported(cast.reporter, title=TITLE), program(cast.agent)

    def asked() -> int:
        asks.get(f"incidents/{one.label}/similar/")
        with CaptureQueriesContext(connection) as queries:
            assert asks.get(f"incidents/{one.label}/similar/").status_code == 200
        return len(queries)

    def live(turns: int) -> None:
        for _turn in range(turns):
            raised(cast.agent, [reported(cast.affected, title=TITLE)], title=TITLE)

    live(1)
    few = asked()
    live(6)
    assert asked() == few
