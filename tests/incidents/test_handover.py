"""When somebody leaves: their reports pass on, their work goes back to the team, and nothing else moves."""

from datetime import UTC, datetime

import pytest

from incidents import actions
from incidents.actions.configuring import furnish
from incidents.actions.handover import hand_over
from incidents.lifecycle import Status
from incidents.models import DeskRules, Incident, Timer
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions.people import leave
from tenancy.members import Denied
from tenancy.models import Membership
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, SUPPLIER, brought_to, person, reported
from tests.incidents.watching import as_it_is, everything, posted, replayed, trail_of

AT = datetime(2126, 3, 2, 9, 30, tzinfo=UTC)  # after all that is done now


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def set_heirs(cast: Cast, manager: bool = True, catch_all: bool = True) -> None:
    Membership.objects.filter(pk=cast.reporter.id).update(manager=cast.bystander.id if manager else None)
    DeskRules.objects.update(catch_all=cast.agent.id if catch_all else None)


@pytest.mark.parametrize("status", Status)
def test_what_is_not_over_passes_to_the_manager(cast: Cast, status: Status) -> None:
    set_heirs(cast)
    incident = brought_to(status, cast.reporter, cast.lead)
    before = len(trail_of(incident))
    leave(cast.administrator, membership=person(cast.reporter), at=AT)
    over = status in (Status.CLOSED, Status.CANCELLED)
    assert fresh(incident).reporter_id == (cast.reporter if over else cast.bystander).id
    assert fresh(incident).status == status
    new = trail_of(incident)[before:]
    assert [(e.kind, e.actor_id, e.at, e.facts["changed"]["reporter_id"]) for e in new] == (
        [] if over else [("incident.handed_over", cast.administrator.id, AT, [cast.reporter.id, cast.bystander.id])]
    )
    assert replayed(incident) == as_it_is(incident)


@pytest.mark.parametrize(
    ("manager", "catch_all", "gone", "heir"),
    [
        (True, True, (), "bystander"),
        (False, True, (), "agent"),
        (True, True, ("bystander",), "agent"),
        (True, False, ("bystander",), "reporter"),
        (True, True, ("bystander", "agent"), "reporter"),
        (False, False, (), "reporter"),
    ],
)
def test_the_heir_is_somebody_who_is_still_here(
    cast: Cast, manager: bool, catch_all: bool, gone: tuple[str, ...], heir: str
) -> None:
    set_heirs(cast, manager, catch_all)
    left = [cast.members()[name].id for name in gone]
    Membership.objects.filter(pk__in=left).update(state=Membership.State.LEFT)
    incident = reported(cast.reporter)
    leave(cast.administrator, membership=person(cast.reporter))
    assert fresh(incident).reporter_id == cast.members()[heir].id


@pytest.mark.parametrize("what", ["question", "solution"])
def test_the_heir_is_asked_what_the_leaver_was(cast: Cast, what: str) -> None:
    set_heirs(cast)
    incident = brought_to(Status.RESOLVED if what == "solution" else Status.IN_PROGRESS, cast.reporter, cast.lead)
    if what == "question":
        actions.hold(cast.lead, number=incident.number, facts=QUESTION)
    Incident.objects.update(remind_at=None, reminded_at=incident.reported_at)
    leave(cast.administrator, membership=person(cast.reporter))
    letter = OutboxMessage.objects.get(to=cast.bystander.id)
    asks = {"question": ("incident_question", {"answer"}), "solution": ("incident_resolved", {"confirm", "reject"})}
    assert (letter.kind, set(letter.facts["links"])) == asks[what]
    assert (letter.facts["actor_name"], "reminder" in letter.facts) == (cast.lead.name, False)
    found = fresh(incident)
    assert found.reminded_at is None
    assert Timer.objects.get(incident=incident).due_at == found.remind_at
    assert bool(found.closes_at) == (what == "solution")


def test_what_happened_while_somebody_was_leaving_came_before_it(cast: Cast) -> None:
    furnish()
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    began = clock.now()
    actions.hold(cast.mate, number=incident.number, facts=SUPPLIER)
    leave(cast.administrator, membership=person(cast.mate), at=began)
    held, handed_over = trail_of(incident)[-2:]
    assert (handed_over.kind, handed_over.at) == ("incident.handed_over", held.at)
    assert {one.state for one in incident.clocks.exclude(measure="response")} == {"pauses"}


def test_what_waits_to_be_sent_is_sent_no_more(cast: Cast) -> None:
    incident = reported(cast.reporter, service=cast.service)
    actions.assign(cast.lead, number=incident.number, assignee=person(cast.mate))
    letters = OutboxMessage.objects.filter(kind="incident_assigned")
    lead = letters.get()
    carried = OutboxMessage.objects.filter(to=cast.reporter.id)
    carried.update(to=cast.mate.id, state="carried", lead=lead)
    leave(cast.administrator, membership=person(cast.mate))
    assert set(OutboxMessage.objects.filter(to=cast.mate.id).values_list("state", flat=True)) == {"dropped"}


def test_the_catch_all_leaves_too(cast: Cast) -> None:
    DeskRules.objects.update(catch_all=cast.reporter.id)
    incident = reported(cast.reporter)
    leave(cast.administrator, membership=person(cast.reporter))
    assert fresh(incident).reporter_id == cast.reporter.id


def test_a_restricted_one_is_not_shown_to_an_heir(cast: Cast) -> None:
    set_heirs(cast)
    incident = reported(cast.reporter, service=cast.service)
    actions.restrict(cast.team_lead, number=incident.number)
    leave(cast.administrator, membership=person(cast.reporter))
    assert fresh(incident).reporter_id == cast.reporter.id
    for heir in (cast.bystander, cast.agent):
        assert not Incident.objects.visible_to(heir).filter(pk=incident.pk).exists()


def test_the_heir_has_the_reporters_word(cast: Cast) -> None:
    set_heirs(cast)
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.lead)
    leave(cast.administrator, membership=person(cast.reporter))
    with pytest.raises(Incident.DoesNotExist):
        actions.confirm(cast.reporter, number=incident.number, word=IT_WORKS)
    actions.confirm(cast.bystander, number=incident.number, word=IT_WORKS)
    assert fresh(incident).status == Status.CLOSED


@pytest.mark.parametrize(
    ("status", "after"),
    [
        (Status.IN_PROGRESS, Status.NEW),
        (Status.ON_HOLD, Status.ON_HOLD),
        (Status.RESOLVED, Status.RESOLVED),
        (Status.CLOSED, None),
    ],
)
def test_work_goes_back_to_the_team(cast: Cast, status: Status, after: Status | None) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.mate, service=cast.service)
    number = incident.number
    if status is Status.ON_HOLD:
        actions.hold(cast.mate, number=number, facts=SUPPLIER)
    if status in (Status.RESOLVED, Status.CLOSED):
        actions.resolve(cast.mate, number=number, resolution=FIXED)
    if status is Status.CLOSED:
        actions.confirm(cast.reporter, number=number, word=IT_WORKS)
    leave(cast.administrator, membership=person(cast.mate), at=AT)
    now = fresh(incident)
    assert now.team_id == cast.team.id
    if after is None:
        assert (now.status, now.assignee_id) == (Status.CLOSED, cast.mate.id)
    else:
        assert (now.status, now.assignee_id) == (after, None)
        assert trail_of(incident)[-1].kind == "incident.handed_over"
    assert replayed(incident) == as_it_is(incident)


def test_still_broken_after_the_agent_left_is_new_work_for_the_team(cast: Cast) -> None:
    incident = brought_to(Status.RESOLVED, cast.reporter, cast.mate, service=cast.service)
    leave(cast.administrator, membership=person(cast.mate))
    assert fresh(incident).resolved_by_id == cast.mate.id
    actions.reject(cast.reporter, number=incident.number, text="Smoke again.")
    assert (fresh(incident).status, fresh(incident).assignee_id) == (Status.NEW, None)


def test_who_reports_and_works_leaves_both(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.agent.id).update(manager=cast.bystander.id)
    incident = brought_to(Status.IN_PROGRESS, cast.agent, cast.agent)
    leave(cast.administrator, membership=person(cast.agent))
    now = fresh(incident)
    assert (now.reporter_id, now.assignee_id, now.status) == (cast.bystander.id, None, Status.NEW)
    assert replayed(incident) == as_it_is(incident)


def test_others_keep_what_they_have(cast: Cast) -> None:
    set_heirs(cast)
    incident = brought_to(Status.IN_PROGRESS, cast.affected, cast.lead)
    before = as_it_is(incident)
    leave(cast.administrator, membership=person(cast.reporter))
    assert as_it_is(incident) == before


def test_who_left_is_not_written_to(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.lead)
    leave(cast.administrator, membership=person(cast.reporter))
    told = len(posted())
    actions.resolve(cast.lead, number=incident.number, resolution=FIXED)
    actions.close(cast.lead, number=incident.number, ending="left")
    assert not [name for _kind, name, _why in posted()[told:] if name == "Reporter"]


def test_only_an_administrator_hands_over(cast: Cast) -> None:
    set_heirs(cast)
    reported(cast.reporter)
    before = everything()
    for name, member in cast.members().items():
        if name != "administrator":
            with pytest.raises(Denied):
                hand_over(member, person(cast.reporter), AT)
    assert everything() == before
