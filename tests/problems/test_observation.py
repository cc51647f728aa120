"""Whether a fix holds: the pure rule, and what the engine does with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents import actions as incident_actions
from incidents.models import DeskRules
from notifications.models import OutboxMessage
from problems import actions
from problems.actions import watching
from problems.models import Problem, ProblemTimer
from problems.observation import Seen, Verdict, Watched, judge, next_look
from problems.queries import recurrences
from problems.vocabulary import enough_of, telling_words
from tenancy import clock
from tenancy.models import TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import person, reported
from tests.problems.factories import raised
from tests.problems.test_spreading import fixed, spread, waiting

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@given(st.integers(0, 5), st.integers(0, 5), st.integers(1, 5), st.booleans())
def test_the_gravest_counts(rejections: int, recurrences: int, threshold: int, is_over: bool) -> None:
    verdict = judge(Seen(rejections, recurrences), rejections_to_reopen=threshold, is_over=is_over)
    assert (verdict is Verdict.REOPEN) == (rejections >= threshold)
    assert (verdict is Verdict.PROVEN) == (is_over and not rejections and not recurrences)
    assert verdict is not Verdict.GO_ON or not (rejections or recurrences or is_over)


def test_what_is_observed_is_looked_at_every_hour_and_at_the_end() -> None:
    assert next_look(Watched(), NOW) is None
    assert next_look(Watched(observed_until=NOW + timedelta(days=3)), NOW) == NOW + timedelta(hours=1)
    assert next_look(Watched(observed_until=NOW + timedelta(minutes=3)), NOW) == NOW + timedelta(minutes=3)
    assert next_look(Watched(tasks=(NOW - timedelta(days=1),)), NOW) == NOW


def look() -> None:
    """Look at what is due, as the engine does."""
    assert not watching.attend(list(ProblemTimer.objects.all().due().values_list("pk", flat=True)))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let the time of every timer have come, and be so much later for whoever looks."""

    def move(by: timedelta) -> None:
        at = clock.now() + by
        monkeypatch.setattr(watching.clock, "now", lambda: at)
        ProblemTimer.objects.filter(due_at__lte=at).update(due_at=clock.now() - by - by)

    return move


def fix_of_two(cast: Cast) -> Problem:
    incidents = waiting(cast, number=2)
    problem = raised(cast.problem_manager, incidents, service=cast.service, error_code="E-17")
    fixed(cast, problem)
    spread()
    return problem


def test_a_quiet_time_proves_the_fix(cast: Cast, later: Callable[[timedelta], None]) -> None:
    problem = fix_of_two(cast)
    actions.watch(cast.agent, number=problem.number)
    later(timedelta(days=15))
    look()
    problem.refresh_from_db()
    assert (problem.status, problem.code) == ("closed", "fix_applied")
    assert TrailEntry.objects.get(kind="problem.proven").actor is None
    assert not ProblemTimer.objects.exists()
    told = OutboxMessage.objects.filter(facts__event="problem_proven").values_list("to_id", flat=True)
    assert set(told) == {cast.problem_manager.id, cast.agent.id}


def test_the_same_again_asks_the_manager_once(cast: Cast, later: Callable[[timedelta], None]) -> None:
    problem = fix_of_two(cast)
    reported(cast.bystander, service=cast.service, error_code="e-17", at=clock.now() + timedelta(days=1))
    later(timedelta(days=2))
    look()
    problem.refresh_from_db()
    assert (problem.status, problem.recurred_at is not None) == ("resolved", True)
    look()
    assert OutboxMessage.objects.filter(facts__event="problem_recurred").count() == 1


@pytest.mark.parametrize(("title", "again"), [("Another printer on FIRE", True), ("The printer is slow", False)])
def test_the_same_words_ask_the_manager_too(
    cast: Cast, later: Callable[[timedelta], None], title: str, again: bool
) -> None:
    problem = fix_of_two(cast)
    reported(cast.bystander, service=cast.service, title=title, at=clock.now() + timedelta(days=1))
    reported(cast.bystander, title="Another printer on fire", at=clock.now() + timedelta(days=1))
    later(timedelta(days=2))
    look()
    problem.refresh_from_db()
    assert (problem.recurred_at is not None) is again
    assert len(recurrences(problem)) == again


def test_a_problem_is_known_by_what_its_titles_share() -> None:
    titles = ["Label printer prints empty pages", "Empty pages from the printer", "Printer: pages empty again"]
    assert telling_words(titles) == ("printer", "empty", "pages")
    assert list(enough_of(("printer", "empty", "pages"))) == [
        ("printer", "empty"),
        ("printer", "pages"),
        ("empty", "pages"),
    ]
    assert list(enough_of(("printer",))) == list(enough_of(())) == []
    assert telling_words(["Printer", "Mouse", "Screen"]) == telling_words([]) == ()


def test_many_who_say_still_broken_reopen_it(cast: Cast) -> None:
    problem = fix_of_two(cast)
    DeskRules.objects.update(rejections_to_reopen=2)
    first, second = (link.incident for link in problem.links.select_related("incident"))
    incident_actions.reject(cast.reporter, number=first.number, text="It smokes again.")
    look()
    problem.refresh_from_db()
    assert problem.status == "resolved"
    incident_actions.reject(cast.reporter, number=second.number, text="This one, too.")
    look()
    problem.refresh_from_db()
    assert (problem.status, problem.code, problem.reopened_count) == ("investigating", "", 1)
    assert TrailEntry.objects.get(kind="problem.rejected").facts["rejections"] == 2


def test_a_late_task_is_told_once_to_whose_it_is(cast: Cast, later: Callable[[timedelta], None]) -> None:
    problem = raised(cast.problem_manager)
    mate = cast.agent
    actions.add_task(
        cast.problem_manager,
        number=problem.number,
        what="Call the supplier",
        assignee=person(mate),
        due_at=clock.now() + timedelta(hours=1),
    )
    later(timedelta(hours=2))
    look()
    look()
    told = OutboxMessage.objects.filter(facts__event="problem_task_due").values_list("to_id", flat=True)
    assert sorted(told) == sorted([mate.id, cast.problem_manager.id])
    task = problem.tasks.get()
    actions.finish_task(mate, number=problem.number, task=task.public_id)
    assert not ProblemTimer.objects.exists()


def test_a_review_is_told_on_its_day(cast: Cast, later: Callable[[timedelta], None]) -> None:
    problem = raised(cast.problem_manager)
    actions.set_review(cast.problem_manager, number=problem.number, review_at=clock.now() + timedelta(days=7))
    later(timedelta(days=8))
    look()
    assert OutboxMessage.objects.get(facts__event="problem_review_due").to_id == cast.problem_manager.id
    assert not ProblemTimer.objects.exists()
