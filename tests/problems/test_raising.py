"""Problems are raised alone or from incidents, one problem an incident."""

import pytest

from incidents.priority import Impact, Urgency
from problems import actions
from problems.models import Link, Problem
from tenancy.members import Denied
from tenancy.models import TrailEntry
from tenancy.refusal import NotPossible
from tests.incidents.conftest import Cast
from tests.incidents.factories import reported
from tests.problems.factories import raised


def test_a_problem_of_many_incidents_is_as_bad_as_the_worst(cast: Cast) -> None:
    mild = reported(cast.reporter, impact=Impact.PERSON, urgency=Urgency.HIGH)
    wide = reported(cast.affected, impact=Impact.DEPARTMENT, urgency=Urgency.LOW)
    problem = raised(cast.problem_manager, [mild, wide])
    assert (problem.impact, problem.urgency) == (Impact.DEPARTMENT, Urgency.HIGH)
    assert {one.incident_id for one in problem.links.all()} == {mild.pk, wide.pk}
    entry = TrailEntry.objects.get(record="problem", record_id=problem.pk)
    assert entry.kind == "problem.raised"
    assert entry.facts["incident_ids"] == [mild.pk, wide.pk]


def test_numbers_count_in_each_organisation(cast: Cast) -> None:
    assert [raised(cast.agent).label, raised(cast.agent).label] == ["PRB-1001", "PRB-1002"]


def test_an_incident_has_one_problem(cast: Cast) -> None:
    incident = reported(cast.reporter)
    first = raised(cast.agent, [incident])
    with pytest.raises(NotPossible, match=first.label):
        raised(cast.agent, [incident])
    second = raised(cast.agent)
    with pytest.raises(NotPossible, match=first.label):
        actions.link(cast.agent, number=second.number, incidents=[incident.number])
    assert Link.objects.count() == 1


def test_linking_twice_changes_nothing_and_unlinking_frees(cast: Cast) -> None:
    incident = reported(cast.reporter)
    problem = raised(cast.agent, [incident])
    before = TrailEntry.objects.count()
    actions.link(cast.agent, number=problem.number, incidents=[incident.number])
    assert TrailEntry.objects.count() == before
    actions.unlink(cast.agent, number=problem.number, incident=incident.number)
    assert not problem.links.exists()


@pytest.mark.parametrize("name", ["reporter", "stakeholder", "auditor", "administrator"])
def test_others_raise_none(cast: Cast, name: str) -> None:
    with pytest.raises(Denied):
        raised(getattr(cast, name))
    assert not Problem.objects.exists()
