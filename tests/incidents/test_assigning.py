"""Who has it: taking, assigning, moving to a team, and restricting to one."""

from collections.abc import Callable

import pytest

from incidents import actions
from incidents.lifecycle import Refused, Status
from incidents.models import Incident
from incidents.words import explain
from tenancy.members import Member
from tenancy.models import Membership, RoleGrant, TeamSeat
from tests.incidents.conftest import Cast
from tests.incidents.factories import IT_WORKS, SUPPLIER, brought_to, person, reported
from tests.incidents.watching import everything, posted, trail_of


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def refused(act: Callable[[], object]) -> str:
    before = everything()
    with pytest.raises(Refused) as refusal:
        act()
    assert everything() == before
    return explain(refusal.value)


def test_taking_starts_the_work_and_tells_nobody(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    actions.take(agent, number=incident.number)
    assert (fresh(incident).status, fresh(incident).assignee_id) == (Status.IN_PROGRESS, agent.id)
    assert [kind for kind, _to, _why in posted()] == ["incident_reported"]


def test_what_somebody_has_is_not_taken_from_them(reporter: Member, agent: Member, lead: Member) -> None:
    number = brought_to(Status.IN_PROGRESS, reporter, agent).number
    assert refused(lambda: actions.take(lead, number=number)).endswith(f"{agent.name} was first.")
    actions.hold(agent, number=number, facts=SUPPLIER)
    assert refused(lambda: actions.take(lead, number=number)) == f"{agent.name} has it already."
    assert refused(lambda: actions.take(agent, number=number)) == f"{agent.name} has it already."


def test_on_hold_it_is_taken_without_resuming(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.ON_HOLD, reporter, agent)
    actions.take(agent, number=incident.number)
    assert (fresh(incident).status, fresh(incident).assignee_id) == (Status.ON_HOLD, agent.id)


def test_who_is_assigned_is_told_once(cast: Cast) -> None:
    incident = reported(cast.reporter)
    mate = person(cast.agent)
    actions.assign(cast.lead, number=incident.number, assignee=mate)
    assert (fresh(incident).status, fresh(incident).assignee_id) == (Status.IN_PROGRESS, mate.id)
    assert posted()[1:] == [("incident_assigned", mate.name, "assignee")]
    again = refused(lambda: actions.assign(cast.lead, number=incident.number, assignee=mate))
    assert again == f"{mate.name} has it already."
    assert len(posted()) == 2


def test_who_assigns_to_themselves_is_not_told(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    actions.assign(agent, number=incident.number, assignee=person(agent))
    assert [kind for kind, _to, _why in posted()] == ["incident_reported"]


def test_a_colleagues_work_can_be_assigned_anew(reporter: Member, agent: Member, lead: Member) -> None:
    incident = brought_to(Status.IN_PROGRESS, reporter, agent)
    actions.assign(lead, number=incident.number, assignee=person(lead))
    assert fresh(incident).assignee_id == lead.id
    assert trail_of(incident)[-1].facts["changed"] == {
        "assignee_id": [agent.id, lead.id],
        "acknowledged_by_id": [agent.id, lead.id],
    }


@pytest.mark.parametrize(
    "name", ["bystander", "stakeholder", "outside_agent", "other_lead", "problem_manager", "auditor", "administrator"]
)
def test_only_those_who_may_work_on_it_can_get_it(cast: Cast, name: str) -> None:
    incident = reported(cast.reporter, service=cast.service)
    wanted = person(cast.members()[name])
    said = refused(lambda: actions.assign(cast.lead, number=incident.number, assignee=wanted))
    assert said == f"{wanted.name} can't work on this team's incidents."


def test_who_has_left_gets_nothing_even_from_an_old_page(cast: Cast) -> None:
    incident = reported(cast.reporter)
    stale = person(cast.agent)
    Membership.objects.filter(pk=stale.pk).update(state=Membership.State.LEFT)
    assert "can't work" in refused(lambda: actions.assign(cast.lead, number=incident.number, assignee=stale))


def test_a_restricted_one_goes_only_to_those_who_see_it(cast: Cast) -> None:
    incident = reported(cast.reporter, service=cast.service)
    actions.restrict(cast.team_lead, number=incident.number)
    agent = person(cast.agent)
    said = refused(lambda: actions.assign(cast.team_lead, number=incident.number, assignee=agent))
    assert said == f"{agent.name} may not see this restricted incident."
    for name in ("mate", "team_lead", "manager"):
        actions.assign(cast.team_lead, number=incident.number, assignee=person(cast.members()[name]))
        assert fresh(incident).assignee_id == cast.members()[name].id


def test_moving_keeps_the_agent_only_in_their_own_team(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    actions.route(cast.lead, number=incident.number, team=cast.team)
    assert fresh(incident).assignee_id == cast.mate.id
    actions.route(cast.lead, number=incident.number, team=cast.other_team)
    had, moved = incident, fresh(incident)
    assert (moved.team_id, moved.assignee_id, moved.status) == (cast.other_team.id, None, Status.NEW)
    assert had.acknowledged_at
    assert trail_of(incident)[-1].facts["changed"] == {
        "acknowledged_at": [had.acknowledged_at.isoformat(), None],
        "acknowledged_by_id": [cast.mate.id, None],
        "status": ["in_progress", "new"],
        "team_id": [cast.team.id, cast.other_team.id],
        "assignee_id": [cast.mate.id, None],
    }


def test_a_seat_without_the_right_does_not_keep_it(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    TeamSeat.objects.create(team=cast.other_team, membership_id=cast.mate.id)
    actions.route(cast.lead, number=incident.number, team=cast.other_team)
    assert fresh(incident).assignee_id is None


def test_on_hold_it_stays_on_hold_when_moved(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    actions.hold(cast.mate, number=incident.number, facts=SUPPLIER)
    actions.route(cast.lead, number=incident.number, team=cast.other_team)
    assert (fresh(incident).status, fresh(incident).assignee_id) == (Status.ON_HOLD, None)


def test_restricting_takes_a_team_and_lifts_again(cast: Cast) -> None:
    nobodys = reported(cast.reporter)
    assert "Move it to a team first" in refused(lambda: actions.restrict(cast.lead, number=nobodys.number))
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    actions.restrict(cast.team_lead, number=incident.number)
    assert (fresh(incident).restricted, fresh(incident).assignee_id) == (True, cast.mate.id)
    actions.unrestrict(cast.team_lead, number=incident.number)
    assert not fresh(incident).restricted


@pytest.mark.parametrize(("name", "keeps"), [("agent", False), ("lead", False), ("mate", True), ("manager", True)])
def test_restricting_takes_it_from_those_who_no_longer_see_it(cast: Cast, name: str, keeps: bool) -> None:
    holder = cast.members()[name]
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, holder, service=cast.service)
    actions.restrict(cast.team_lead, number=incident.number)
    expected = (Status.IN_PROGRESS, holder.id) if keeps else (Status.NEW, None)
    assert (fresh(incident).status, fresh(incident).assignee_id) == expected


def test_moving_a_restricted_one_takes_it_from_the_old_team(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    actions.restrict(cast.team_lead, number=incident.number)
    actions.route(cast.team_lead, number=incident.number, team=cast.other_team)
    assert fresh(incident).assignee_id is None
    assert not Incident.objects.for_desk(cast.mate).filter(pk=incident.pk).exists()


@pytest.mark.parametrize("way_back", ["reject", "reopen", "contest", "contest a cancellation"])
@pytest.mark.parametrize("fate", ["stays", "leaves", "loses the right"])
def test_the_same_agent_goes_on_if_they_still_can(cast: Cast, way_back: str, fate: str) -> None:
    status = {"contest": Status.CLOSED, "contest a cancellation": Status.IN_PROGRESS}.get(way_back, Status.RESOLVED)
    incident = brought_to(status, cast.reporter, cast.agent)
    if way_back == "contest a cancellation":
        actions.cancel(cast.agent, number=incident.number, ending="not_incident", text="A drill.")
    if fate == "leaves":
        Membership.objects.filter(pk=cast.agent.id).update(state=Membership.State.LEFT)
    if fate == "loses the right":
        RoleGrant.objects.filter(membership=cast.agent.id).delete()
    if way_back == "reject":
        actions.reject(cast.reporter, number=incident.number, text="Still broken.")
    elif way_back == "reopen":
        actions.reopen(cast.lead, number=incident.number, reason="Too early.")
    else:
        actions.contest(cast.reporter, number=incident.number, text="Not so.")
    expected = (Status.IN_PROGRESS, cast.agent.id) if fate == "stays" else (Status.NEW, None)
    assert (fresh(incident).status, fresh(incident).assignee_id) == expected
    assert fresh(incident).reopened_count == 1


def test_who_resolves_what_nobody_has_has_had_it(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.RESOLVED, reporter, agent)
    assert (incident.assignee_id, incident.resolved_by_id) == (agent.id, agent.id)
    actions.confirm(reporter, number=incident.number, word=IT_WORKS)
    assert fresh(incident).assignee_id == agent.id
