"""Who is shown before as going to be told is told then: each verb, against what it puts into the outbox."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incidents import actions
from incidents.actions.notices import EVENTS, Occasion, foresee
from incidents.actions.notices import told as told_of
from incidents.audience import AUDIENCE, Concerned, people_around
from incidents.drafts import Draft, Intake
from incidents.lifecycle import Status, Verb
from incidents.models import Incident, Involvement
from incidents.priority import Priority
from notifications import choosing
from notifications.models import OutboxMessage
from notifications.wishes import How, Timing
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Membership
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, SUPPLIER, involved, person, reported

Part = Involvement.Part


@pytest.fixture
def incident(cast: Cast) -> Incident:
    """In the agent's hands, with everybody around it, and everybody with wishes of their own."""
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    made = actions.log(cast.agent, draft=Draft(title="Smoke", service=cast.service), intake=intake)
    actions.take(cast.agent, number=made.number)
    involved(made, cast.affected, Part.AFFECTED)
    involved(made, cast.participant, Part.PARTICIPANT)
    involved(made, cast.auditor, Part.WATCHER)
    involved(made, cast.mate, Part.WATCHER)
    choosing.choose(cast.auditor, timings={"moved": Timing.OFF}, quiet=None)
    now = clock.now()
    begins, ends = ((now + timedelta(hours=hours)).time().replace(tzinfo=None) for hours in (-2, 3))
    Membership.objects.filter(pk=cast.participant.id).update(time_zone="UTC", mail="")
    Membership.objects.filter(pk=cast.affected.id).update(time_zone="UTC")
    choosing.choose(cast.affected, timings={}, quiet=(begins, ends))
    return made


def told(act: Callable[[], object]) -> set[tuple[str, tuple[str, ...], bool]]:
    """To whom the step wrote, why, and whether it waits."""
    seen = set(OutboxMessage.objects.values_list("id", flat=True))
    act()
    new = OutboxMessage.objects.exclude(id__in=seen)
    return {(one.name, tuple(one.facts["reasons"]), one.due_at > clock.now()) for one in new}


def test_what_is_shown_is_what_happens(cast: Cast, incident: Incident) -> None:
    number, lead, reporter, agent = incident.number, cast.lead, cast.reporter, cast.agent
    story: list[tuple[Verb, Member, Callable[[], object]]] = [
        (Verb.REPLY, lead, lambda: actions.reply(lead, number=number, text="On our way.")),
        (Verb.NOTE, lead, lambda: actions.note(lead, number=number, text="Psst.")),
        (Verb.COMMENT, cast.affected, lambda: actions.comment(cast.affected, number=number, text="Here too!")),
        (Verb.HOLD, lead, lambda: actions.hold(lead, number=number, facts=QUESTION)),
        (Verb.ANSWER, reporter, lambda: actions.comment(reporter, number=number, text="Red.")),
        (Verb.RESOLVE, agent, lambda: actions.resolve(agent, number=number, resolution=FIXED)),
        (Verb.REJECT, reporter, lambda: actions.reject(reporter, number=number, text="No.")),
        (Verb.RESOLVE, lead, lambda: actions.resolve(lead, number=number, resolution=FIXED)),
        (Verb.REOPEN, lead, lambda: actions.reopen(lead, number=number, reason="Too early.")),
        (Verb.RESOLVE, agent, lambda: actions.resolve(agent, number=number, resolution=FIXED)),
        (Verb.CLOSE, lead, lambda: actions.close(lead, number=number, ending="phone")),
        (Verb.CONTEST, reporter, lambda: actions.contest(reporter, number=number, text="Not so.")),
        (Verb.CANCEL, lead, lambda: actions.cancel(lead, number=number, ending="not_incident", text="A drill.")),
        (Verb.CONTEST, reporter, lambda: actions.contest(reporter, number=number, text="Not so.")),
        (Verb.ROUTE, lead, lambda: actions.route(lead, number=number, team=cast.team)),
        (Verb.RESOLVE, agent, lambda: actions.resolve(agent, number=number, resolution=FIXED)),
        (Verb.CONFIRM, reporter, lambda: actions.confirm(reporter, number=number, word=IT_WORKS)),
    ]
    for verb, member, act in story:
        record = Incident.objects.get(number=number)
        around = people_around(record, AUDIENCE["incident_closed"])
        for people in (None, around):
            foreseen = foresee(member, record, verb, at=clock.now(), people=people) or []
            shown = {(one.to.name, one.reasons, one.fate.until is not None) for one in foreseen if one.fate.is_sent}
        assert told(act) == shown, f"{verb}, by {member.name}"
    assert {verb for verb, _, _ in story} >= EVENTS.keys() - {Verb.WITHDRAW, Verb.ASSIGN, *ELSEWHERE}


# Shown in `test_who_follows_it_is_told_how_it_goes`: what is new to those who follow it hangs on what has changed.
ELSEWHERE = {Verb.TAKE, Verb.RESUME, Verb.CLASSIFY, Verb.OVERRIDE, Verb.RESET}


def test_who_follows_it_is_told_how_it_goes(cast: Cast) -> None:
    made = reported(cast.reporter, service=cast.service)
    involved(made, cast.auditor, Part.WATCHER)
    number, lead = made.number, cast.lead
    story: list[tuple[Verb, Callable[[], object]]] = [
        (Verb.TAKE, lambda: actions.take(lead, number=number)),
        (Verb.OVERRIDE, lambda: actions.override_priority(lead, number=number, priority=Priority.P1, reason="!")),
        (Verb.RESET, lambda: actions.reset_priority(lead, number=number)),
        (Verb.RESUME, lambda: actions.resume(lead, number=number)),
    ]
    for verb, act in story:
        if verb is Verb.RESUME:
            actions.hold(lead, number=number, facts=SUPPLIER)
        foreseen = foresee(lead, Incident.objects.get(number=number), verb, at=clock.now()) or []
        shown = {(one.to.name, one.reasons, one.fate.until is not None) for one in foreseen if one.fate.is_sent}
        assert told(act) == shown != set(), verb


def test_withdrawing_and_assigning(cast: Cast, incident: Incident) -> None:
    number = incident.number
    given = Incident.objects.get(number=number)
    given.assignee = person(cast.mate)
    (mate,) = foresee(cast.lead, given, Verb.ASSIGN, at=clock.now()) or []
    assert told(lambda: actions.assign(cast.lead, number=number, assignee=person(cast.mate))) == {
        (mate.to.name, mate.reasons, False)
    }
    foreseen = foresee(cast.reporter, Incident.objects.get(number=number), Verb.WITHDRAW, at=clock.now()) or []
    shown = {(one.to.name, one.reasons, one.fate.until is not None) for one in foreseen if one.fate.is_sent}
    assert told(lambda: actions.withdraw(cast.reporter, number=number)) == shown


def test_who_is_spared_is_shown_with_the_reason(cast: Cast, incident: Incident) -> None:
    found = {one.to.name: one for one in foresee(cast.agent, incident, Verb.RESOLVE, at=clock.now()) or []}
    assert {name: one.fate.how for name, one in found.items()} == {
        "Reporter": How.AT_ONCE,
        "Affected": How.LATER,
        "Participant": How.NO_ADDRESS,
        "Auditor": How.OFF,
        "Mate": How.AT_ONCE,
        "Stakeholder": How.AT_ONCE,
    }


def test_who_could_not_go_on_with_it_is_not_told_that_it_is_theirs_again(cast: Cast, incident: Incident) -> None:
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    Membership.objects.get(pk=cast.agent.id).grants_held.all().delete()
    foreseen = foresee(cast.lead, Incident.objects.get(pk=incident.pk), Verb.REOPEN, at=clock.now()) or []
    found = told(lambda: actions.reopen(cast.lead, number=incident.number, reason="Too early."))
    assert "Agent" not in {name for name, _, _ in found}
    assert {one.to.name for one in foreseen if one.fate.is_sent} == {name for name, _, _ in found}
    assert Incident.objects.get(pk=incident.pk).status == Status.NEW


def test_quiet_hours_let_pass_what_burns_and_what_is_escalated(cast: Cast, incident: Incident) -> None:
    now = clock.now()
    incident = Incident.objects.get(pk=incident.pk)

    def how(event: str, priority: str) -> How:
        incident.priority = priority
        people = [Concerned(Membership.objects.get(pk=cast.affected.id), ("affected",))]
        (one,) = told_of(Occasion(incident, event, None, now, named=people), incident.organisation)
        return one.fate.how

    assert how("incident_resolved", "P2") is How.LATER
    assert how("incident_resolved", "P1") is How.AT_ONCE
    assert how("incident_clock_late", "P4") is How.AT_ONCE
