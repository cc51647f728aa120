"""Hypotheses, the root cause, other people's numbers, and who else it concerns."""

from datetime import UTC, datetime

import pytest

from incidents import actions
from incidents.lifecycle import Refused
from incidents.models import Hypothesis, Incident, Involvement, Reference
from incidents.words import explain
from tenancy.members import Member
from tests.incidents.conftest import Cast
from tests.incidents.factories import person, reported
from tests.incidents.watching import everything, trail_of

Outcome, Part = Hypothesis.Outcome, Involvement.Part
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def test_a_hypothesis_from_suspicion_to_diagnosis(reporter: Member, agent: Member, lead: Member) -> None:
    incident = reported(reporter)
    made = actions.suspect(agent, number=incident.number, suspicion=" The fuser ", test="Smell it.", at=AT)
    one = Hypothesis.objects.get(pk=made.pk)
    assert (one.suspicion, one.test, one.outcome) == ("The fuser", "Smell it.", Outcome.OPEN)
    assert (one.author_id, one.at, one.concluded_by_id) == (agent.id, AT, None)
    actions.conclude(
        lead, number=incident.number, hypothesis=made, outcome=Outcome.CONFIRMED, as_root_cause=True, at=AT
    )
    one.refresh_from_db()
    assert (one.outcome, one.concluded_by_id, one.concluded_at, one.test) == ("confirmed", lead.id, AT, "Smell it.")
    assert fresh(incident).root_cause == "The fuser"
    assert trail_of(incident)[-1].facts == {
        "rewritten": ["root_cause"],
        "hypothesis_id": made.pk,
        "outcome": ["open", "confirmed"],
    }


def test_what_is_ruled_out_is_no_diagnosis(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    made = actions.suspect(agent, number=incident.number, suspicion="Ghosts")
    facts = {"hypothesis": made, "as_root_cause": True}
    actions.conclude(agent, number=incident.number, outcome=Outcome.RULED_OUT, test="Asked them.", **facts)
    assert fresh(incident).root_cause == ""
    made.refresh_from_db()
    assert (made.outcome, made.test, made.concluded_by_id) == ("ruled_out", "Asked them.", agent.id)
    actions.conclude(agent, number=incident.number, outcome=Outcome.OPEN, **facts)
    made.refresh_from_db()
    assert (made.outcome, made.concluded_by_id, made.concluded_at) == ("open", None, None)


def test_a_hypothesis_of_another_incident_is_refused(reporter: Member, agent: Member) -> None:
    elsewhere = actions.suspect(agent, number=reported(reporter).number, suspicion="Ghosts")
    number = reported(reporter).number
    before = everything()
    with pytest.raises(Refused) as refused:
        actions.conclude(agent, number=number, hypothesis=elsewhere, outcome=Outcome.CONFIRMED)
    assert explain(refused.value) == "This hypothesis belongs to another incident."
    assert everything() == before


def test_an_old_page_does_not_rewrite_a_hypothesis(reporter: Member, agent: Member, lead: Member) -> None:
    number = reported(reporter).number
    stale = actions.suspect(agent, number=number, suspicion="Ghosts", test="Ask.")
    actions.conclude(lead, number=number, hypothesis=stale, outcome=Outcome.RULED_OUT, test="They said no.")
    old = Hypothesis(pk=stale.pk, incident_id=stale.incident_id, suspicion="Rewritten", outcome=Outcome.OPEN)
    actions.conclude(agent, number=number, hypothesis=old, outcome=Outcome.CONFIRMED)
    stale.refresh_from_db()
    assert (stale.suspicion, stale.test, stale.outcome) == ("Ghosts", "They said no.", "confirmed")
    assert trail_of(fresh(stale.incident))[-1].facts["outcome"] == ["ruled_out", "confirmed"]


def test_the_same_reference_twice_is_one(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    first = actions.refer(agent, number=incident.number, kind="supplier", value=" S-1 ", url="https://example.org/1")
    before = everything()
    assert actions.refer(agent, number=incident.number, kind="supplier", value="S-1") == first
    assert everything() == before
    actions.refer(agent, number=incident.number, kind="change", value="S-1")
    assert list(Reference.objects.values_list("kind", "value")) == [("supplier", "S-1"), ("change", "S-1")]


def test_people_are_added_once_and_taken_off(cast: Cast) -> None:
    incident = reported(cast.reporter)
    someone = person(cast.bystander)
    actions.involve(cast.agent, number=incident.number, person=someone, part=Part.AFFECTED)
    before = everything()
    actions.involve(cast.agent, number=incident.number, person=someone, part=Part.AFFECTED)
    actions.release(cast.agent, number=incident.number, person=someone, part=Part.PARTICIPANT)
    assert everything() == before
    assert Incident.objects.for_portal(cast.bystander).filter(pk=incident.pk).exists()
    actions.release(cast.agent, number=incident.number, person=someone, part=Part.AFFECTED)
    assert not Incident.objects.for_portal(cast.bystander).filter(pk=incident.pk).exists()
    told = [(entry.kind, entry.facts) for entry in trail_of(incident)[1:]]
    facts = {"person_id": someone.pk, "part": "affected"}
    assert told == [("incident.person_added", facts), ("incident.person_removed", facts)]


@pytest.mark.parametrize(
    ("name", "ordinary", "restricted"),
    [
        ("bystander", False, False),
        ("stakeholder", False, False),
        ("administrator", False, False),
        ("agent", True, False),
        ("outside_agent", True, False),
        ("problem_manager", True, False),
        ("mate", True, True),
        ("manager", True, True),
        ("auditor", True, True),
    ],
)
def test_only_those_who_see_it_in_the_desk_may_watch(cast: Cast, name: str, ordinary: bool, restricted: bool) -> None:
    someone = person(cast.members()[name])
    number = reported(cast.reporter, service=cast.service).number
    for may in (ordinary, restricted):
        if may:
            actions.involve(cast.team_lead, number=number, person=someone, part=Part.WATCHER)
            actions.release(cast.team_lead, number=number, person=someone, part=Part.WATCHER)
        else:
            before = everything()
            with pytest.raises(Refused, match="may not see this incident"):
                actions.involve(cast.team_lead, number=number, person=someone, part=Part.WATCHER)
            assert everything() == before
        if may is ordinary:
            actions.restrict(cast.team_lead, number=number)
