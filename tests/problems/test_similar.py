"""What is like an incident: found by an index behind the wall, ranked with a reason, and only what one may see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from incidents.lifecycle import Status
from incidents.models import Incident
from problems import actions
from problems.drafts import ArticleDraft
from problems.knowledge import Audience
from problems.similar import not_linked_yet, similar_to
from tenancy import clock
from tenancy.models import Membership, Organisation
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import brought_to, reported
from tests.problems.conftest import Enter
from tests.problems.factories import raised
from tests.problems.test_clusters import laid

CANARY = "canary in the mine"
TITLE = "Printer jams on thick paper"


def test_each_sort_is_found_with_its_reason(cast: Cast) -> None:
    one = reported(cast.reporter, title=TITLE, service=cast.service, error_code="E-17")
    typo = reported(cast.affected, title="Printre jams on thick papper")
    coded = reported(cast.affected, title="It smokes", error_code="e-17")
    solved = brought_to(
        Status.CLOSED, cast.affected, cast.agent, title="Thick paper: printer jams", service=cast.service
    )
    cancelled = brought_to(Status.CANCELLED, cast.affected, cast.agent, title=TITLE)
    reported(cast.affected, title="Screen stays dark", service=cast.service)
    problem = raised(cast.problem_manager, [coded], title="Fuses melt", error_code="E-17")
    wordy = raised(cast.problem_manager, title="Paper is too thick")
    raised(cast.problem_manager, title="Screens")
    draft = ArticleDraft(title="Jams", workaround="Walk.", cause="Age", error_code="E-17", audience=Audience.PUBLIC)
    article = actions.write_article(cast.problem_manager, draft=draft, problem=problem.number)
    actions.publish(cast.problem_manager, article=article.public_id)
    found = similar_to(one, cast.agent)
    assert [(each.record, each.same_error_code) for each in found.open] == [(coded, True), (typo, False)]
    assert found.open[0].problem == problem
    (closed,) = found.solved
    assert (closed.record, closed.same_service) == (solved, True)
    assert closed.words == ("jams", "paper", "printer", "thick")
    assert cancelled not in [each.record for each in found.solved]
    assert [match.article for match in found.known_errors] == [article]
    assert [each.record for each in found.problems] == [problem, wordy]


def test_only_what_one_may_see(cast: Cast, quill: Organisation, enter: Enter) -> None:
    at = clock.now()
    one = reported(cast.reporter, title=TITLE)
    laid(cast, [at], title=f"{TITLE} {CANARY}", restricted=True)
    with bound(quill.id):
        beyond = Incident(
            number=4711,
            title=f"{TITLE} elsewhere",
            reporter_id=_somebody(),
            logged_by_id=_somebody(),
            occurred_at=at,
            reported_at=at,
            updated_at=at,
            priority="P3",
        )
        beyond.save(force_insert=True)
    assert similar_to(one, cast.agent).open == []
    (seen,) = similar_to(one, cast.manager).open
    assert CANARY in seen.record.title
    address = reverse("desk:incident-similar", args=[one.number])
    page = enter(cast.agent).get(address).content.decode()
    assert CANARY not in page
    assert "Nothing like it was reported" in page


def test_a_problem_shows_what_could_be_linked(cast: Cast, enter: Enter) -> None:
    linked, other, third = (reported(cast.reporter, title=TITLE) for _turn in range(3))
    laid(cast, [clock.now()], title=f"{TITLE} {CANARY}", restricted=True)
    problem = raised(cast.agent, [linked], title="Printers jam on thick paper")
    assert [each.record for each in not_linked_yet(problem, cast.agent)] == [third, other]
    client = enter(cast.agent)
    address = reverse("desk:problem-similar", args=[problem.number])
    page = client.get(address).content.decode()
    assert linked.label not in page
    assert CANARY not in page
    assert f'value="{third.label} {other.label}"' in page
    sent = {"incidents": f"{third.label} {other.label}"}
    assert client.post(reverse("desk:problem-act", args=[problem.number, "link"]), sent).status_code == 302
    assert problem.links.count() == 3
    assert "<button" not in enter(cast.auditor).get(address).content.decode().split("<main")[-1]


def _somebody() -> int:
    return Membership.objects.values_list("pk", flat=True)[0]


def test_the_panel_is_a_fragment_and_asks_no_more_for_many(cast: Cast, enter: Enter) -> None:
    one = reported(cast.reporter, title=TITLE, service=cast.service)
    other = brought_to(Status.CLOSED, cast.affected, cast.agent, title=TITLE)
    client = enter(cast.agent)
    address = reverse("desk:incident-similar", args=[one.number])
    assert address in client.get(reverse("desk:incident", args=[one.number])).content.decode()

    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert other.label in page
        assert "same words: jams, paper, printer, thick" in page
        assert "Fixed: The cable is new." in page
        assert "<html" not in page
        return len(queries)

    few = asked()
    for _turn in range(6):
        raised(cast.agent, [reported(cast.affected, title=TITLE)], title=TITLE)
    assert asked() == few


@pytest.mark.parametrize("words", ["", "the and", "' | & ! \\ %", "\\'\\", "x" * 200, "a b c d", "%%%%"])
def test_whatever_is_written_is_looked_for(cast: Cast, words: str) -> None:
    one = reported(cast.reporter, title=words or "?", error_code=words[:80])
    found = similar_to(one, cast.agent)
    assert (found.open, found.solved) == ([], [])


def test_an_index_finds_it_among_very_many(cast: Cast) -> None:
    at = clock.now()
    many = [at - timedelta(minutes=place) for place in range(20_000)]
    laid(cast, many)
    needle = laid(cast, [at], title="Printre jams on thik papper")
    one = reported(cast.reporter, title=TITLE, error_code="E-17")
    before = _read()
    found = similar_to(one, cast.agent)
    assert [each.record for each in found.open] == needle
    assert _read() - before < 100, "an index finds them"
    list(Incident.objects.filter(title__contains="papper"))
    assert _read() - before > 20_000, "and who looks without one reads them all"


def _read() -> int:
    """How many rows of incidents this transaction has read so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'incidents_incident'"
        )
        return int(cursor.fetchone()[0])
