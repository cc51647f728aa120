"""Whatever people do to incidents in whatever order, some things always hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from incidents import actions
from incidents.actions.finishing import KINDS
from incidents.actions.handover import hand_over
from incidents.drafts import Confirmation, Hold
from incidents.lifecycle import HoldReason, Refused, Status, Verb
from incidents.models import DeskRules, Hypothesis, Incident, Involvement
from incidents.priority import Impact, Priority, Risk, Urgency
from notifications.models import OutboxMessage
from tenancy import members
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation
from tests.incidents.conftest import Cast
from tests.incidents.expected import GRID, LEADING, PARTIES
from tests.incidents.factories import FIXED, classification, person, reported
from tests.incidents.watching import as_it_is, everything, replayed, trail_of

Ending, Part = Incident.Ending, Involvement.Part
Arguments = Callable[["Life", Incident, st.DataObject], tuple[Callable[..., Any], dict[str, Any]]]

# Without a change there is nothing to write down: these may be done again without a trace.
REPEATABLE = {Verb.INVOLVE, Verb.RELEASE, Verb.REFER}
WORDS = st.sampled_from(["The lamp is red.", "Or green?", "The red one.", "No, blue.", " "])
PEOPLE = [
    "reporter",
    "affected",
    "participant",
    "stakeholder",
    "agent",
    "mate",
    "outside_agent",
    "team_lead",
    "manager",
]


def _duplicate(life: "Life", incident: Incident, data: st.DataObject) -> dict[str, Any]:
    ending = data.draw(st.sampled_from(["not_incident", "duplicate", "withdrawn", "phone"]))
    return {"ending": ending, "text": data.draw(WORDS), "duplicate_of": data.draw(st.sampled_from(life.numbers))}


def _wished(wish: str, before: Status) -> list[Verb]:
    """The verbs that lead on from here, those that leave it here, or any at all."""
    ways = {"move": lambda after: after not in (None, before), "stay": lambda after: after is before}
    fits = ways.get(wish, lambda after: True)
    return [verb for verb in Verb if fits(GRID[verb].get(before))]


def _hypothesis(incident: Incident) -> Hypothesis:
    at = incident.reported_at
    found = incident.hypotheses.first()
    return found or Hypothesis(incident=incident, pk=0, suspicion="", author_id=incident.reporter_id, at=at)


ARGUMENTS: dict[Verb, Arguments] = {
    Verb.TAKE: lambda life, i, data: (actions.take, {}),
    Verb.ACKNOWLEDGE: lambda life, i, data: (actions.acknowledge, {}),
    Verb.ASSIGN: lambda life, i, data: (actions.assign, {"assignee": life.someone(data)}),
    Verb.ROUTE: lambda life, i, data: (
        actions.route,
        {"team": data.draw(st.sampled_from([life.cast.team, life.cast.other_team]))},
    ),
    Verb.CLASSIFY: lambda life, i, data: (
        actions.classify,
        {
            "facts": classification(
                impact=data.draw(st.sampled_from(Impact)),
                urgency=data.draw(st.sampled_from(Urgency)),
                risk=data.draw(st.sampled_from(Risk)),
                service=data.draw(st.sampled_from([None, life.cast.service])),
            )
        },
    ),
    Verb.OVERRIDE: lambda life, i, data: (
        actions.override_priority,
        {"priority": data.draw(st.sampled_from(Priority)), "reason": data.draw(WORDS)},
    ),
    Verb.RESET: lambda life, i, data: (actions.reset_priority, {}),
    Verb.RESTRICT: lambda life, i, data: (actions.restrict, {}),
    Verb.UNRESTRICT: lambda life, i, data: (actions.unrestrict, {}),
    Verb.HOLD: lambda life, i, data: (
        actions.hold,
        {
            "facts": Hold(
                reason=data.draw(st.sampled_from([*HoldReason, HoldReason.REQUESTER, HoldReason.REQUESTER])),
                text=data.draw(WORDS),
                until=data.draw(st.sampled_from([None, life.at, life.at + timedelta(days=2)])),
            )
        },
    ),
    Verb.RESUME: lambda life, i, data: (actions.resume, {}),
    Verb.RESOLVE: lambda life, i, data: (actions.resolve, {"resolution": FIXED}),
    Verb.REOPEN: lambda life, i, data: (actions.reopen, {"reason": data.draw(WORDS)}),
    Verb.CLOSE: lambda life, i, data: (
        actions.close,
        {"ending": data.draw(st.sampled_from(["phone", "left", "confirmed", ""]))},
    ),
    Verb.CANCEL: lambda life, i, data: (actions.cancel, _duplicate(life, i, data)),
    Verb.REPLY: lambda life, i, data: (actions.reply, {"text": data.draw(WORDS)}),
    Verb.NOTE: lambda life, i, data: (actions.note, {"text": data.draw(WORDS)}),
    Verb.SUSPECT: lambda life, i, data: (actions.suspect, {"suspicion": data.draw(WORDS)}),
    Verb.CONCLUDE: lambda life, i, data: (
        actions.conclude,
        {
            "hypothesis": _hypothesis(i),
            "outcome": data.draw(st.sampled_from(Hypothesis.Outcome)),
            "as_root_cause": data.draw(st.booleans()),
        },
    ),
    Verb.DIAGNOSE: lambda life, i, data: (actions.diagnose, {"root_cause": data.draw(WORDS)}),
    Verb.REFER: lambda life, i, data: (actions.refer, {"kind": "supplier", "value": data.draw(WORDS)}),
    Verb.INVOLVE: lambda life, i, data: (
        actions.involve,
        {"person": life.someone(data), "part": data.draw(st.sampled_from(Part))},
    ),
    Verb.RELEASE: lambda life, i, data: (
        actions.release,
        {"person": life.someone(data), "part": data.draw(st.sampled_from(Part))},
    ),
    Verb.COMMENT: lambda life, i, data: (actions.comment, {"text": data.draw(WORDS)}),
    Verb.ANSWER: lambda life, i, data: (actions.comment, {"text": data.draw(WORDS)}),
    Verb.WITHDRAW: lambda life, i, data: (actions.withdraw, {}),
    Verb.CONFIRM: lambda life, i, data: (actions.confirm, {"word": Confirmation(rating=3)}),
    Verb.REJECT: lambda life, i, data: (actions.reject, {"text": data.draw(WORDS)}),
    Verb.CONTEST: lambda life, i, data: (actions.contest, {"text": data.draw(WORDS)}),
}


class Life(RuleBasedStateMachine):
    """Two incidents and everybody around them; time only goes forward."""

    def __init__(self, cast: Cast, seen: set[tuple[Verb, Status, Status]]) -> None:
        super().__init__()
        self.cast = cast
        self.seen = seen
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        DeskRules.objects.update(catch_all=cast.reporter.id)
        made = [reported(cast.reporter, self.at, service=service) for service in (cast.service, None)]
        self.numbers = [incident.number for incident in made]
        for number in self.numbers:
            actions.suspect(cast.manager, number=number, suspicion="A loose cable", at=self.at)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    def someone(self, data: st.DataObject) -> Membership:
        return person(self.cast.members()[data.draw(st.sampled_from(PEOPLE))])

    def _who(self, verb: Verb, incident: Incident, data: st.DataObject) -> Member:
        """Mostly somebody who may, so that life goes on; sometimes anybody."""
        if data.draw(st.sampled_from([False] * 9 + [True])):
            return self.cast.members()[data.draw(st.sampled_from(PEOPLE))]
        if verb in PARTIES:
            harbour = Organisation.objects.get(pk=self.cast.reporter.organisation_id)
            return members.load(Membership.objects.get(pk=incident.reporter_id), harbour)
        return self.cast.manager if verb in LEADING or incident.restricted else self.cast.agent

    @rule(
        data=st.data(),
        which=st.sampled_from([0, 0, 0, 1]),
        wish=st.sampled_from(["move", "move", "move", "stay", "stay", "any", "leave"]),
        hours=st.sampled_from([0, 1, 30, 100]),
    )
    def somebody_does_something(self, data: st.DataObject, which: int, wish: str, hours: int) -> None:
        self.at += timedelta(hours=hours)
        if wish == "leave":
            self._hand_over(data.draw(st.sampled_from(["agent", "manager", "reporter", "affected"])))
            return
        incident = self._living(which)
        before = Status(incident.status)
        verb = data.draw(st.sampled_from(_wished(wish, before)))
        act, facts = ARGUMENTS[verb](self, incident, data)
        if act is actions.comment:
            asked = incident.hold_reason == HoldReason.REQUESTER
            verb = Verb.ANSWER if asked else Verb.COMMENT
        self._do(
            verb,
            incident,
            self._who(verb, incident, data),
            lambda member: act(member, number=incident.number, **facts, at=self.at),
        )
        self._check(incident)

    def _living(self, which: int) -> Incident:
        """One of the two; another takes the place of one that is over for good."""
        incident = Incident.objects.get(number=self.numbers[which])
        if incident.is_final and (incident.contest_until is None or incident.contest_until < self.at):
            incident = reported(self.cast.reporter, self.at, service=self.cast.service)
            self.numbers[which] = incident.number
        return incident

    def _hand_over(self, leaver: str) -> None:
        incidents = list(Incident.objects.all())
        hand_over(self.cast.administrator, person(self.cast.members()[leaver]), self.at)
        for incident in incidents:
            self._check(incident)

    def _do(self, verb: Verb, incident: Incident, member: Member, act: Callable[[Member], Any]) -> None:
        before, rows = everything(), len(trail_of(incident))
        told = set(OutboxMessage.objects.values_list("id", flat=True))
        try:
            act(member)
        except (Incident.DoesNotExist, Denied, Refused) as error:
            assert everything() == before, f"{verb} was refused and changed something"
            if isinstance(error, Refused) and not error.missing and "not possible" in error.because:
                assert incident.status not in GRID[verb]
            return
        self._done(verb, incident, member, trail_of(incident)[rows:])
        new = OutboxMessage.objects.exclude(id__in=told)
        entry_id = trail_of(incident)[-1].id
        assert {message.dedupe.split(":")[1] for message in new} <= {str(entry_id)}
        assert member.id not in {message.to_id for message in new}
        assert len({message.to_id for message in new}) == len(new)

    def _done(self, verb: Verb, incident: Incident, member: Member, written: list[Any]) -> None:
        now = Incident.objects.get(pk=incident.pk)
        expected = GRID[verb][Status(incident.status)]
        if expected is Status.IN_PROGRESS and now.assignee_id is None:
            expected = Status.NEW
        assert now.status == expected
        assert now.number == incident.number
        self.seen.add((verb, Status(incident.status), expected))
        if verb in REPEATABLE and not written:
            return
        assert [(entry.kind, entry.actor_id, entry.at) for entry in written] == [(KINDS[verb], member.id, self.at)]

    def _check(self, before: Incident) -> None:
        """What always holds of an incident."""
        incident = Incident.objects.get(pk=before.pk)
        trail = trail_of(incident)
        assert replayed(incident) == as_it_is(incident)
        assert (incident.status == Status.ON_HOLD) == bool(incident.hold_reason)
        assert incident.status != Status.IN_PROGRESS or incident.assignee_id
        assert incident.reopened_count == sum(
            entry.kind in ("incident.reopened", "incident.rejected", "incident.contested") for entry in trail
        )
        assert bool(incident.duplicate_of_id) == (incident.ending == Ending.DUPLICATE)
        assert (
            (incident.status in (Status.CLOSED, Status.CANCELLED)) == bool(incident.ending) == bool(incident.ended_at)
        )
        if incident.assignee and incident.restricted and incident.is_open:
            harbour = Organisation.objects.get(pk=self.cast.agent.organisation_id)
            assert incident.is_open_to_staff(members.load(incident.assignee, harbour))
        if incident.status in (Status.RESOLVED, Status.CLOSED):
            assert all((incident.resolution_code, incident.resolution_note, incident.tested_how, incident.resolved_at))
        if incident.status == Status.CLOSED:
            self._check_closure(incident, [entry for entry in trail if "status" in entry.facts.get("changed", {})][-1])

    def _check_closure(self, incident: Incident, last: Any) -> None:
        by_the_reporter = (last.kind, last.actor_id) == ("incident.confirmed", incident.reporter_id)
        assert by_the_reporter == (incident.ending == Ending.CONFIRMED)
        assert by_the_reporter or (last.kind == "incident.closed" and incident.contest_until)
        assert by_the_reporter or incident.ending in {Ending.PHONE, Ending.LEFT, Ending.NO_ADDRESS}


@pytest.mark.slow
def test_some_things_always_hold(cast: Cast) -> None:
    seen: set[tuple[Verb, Status, Status]] = set()
    run_state_machine_as_test(
        lambda: Life(cast, seen),
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            phases=[Phase.generate],  # a failing life is told as it went: to make it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
    # It must have been about everywhere, or it says little.
    assert {before for _verb, before, _after in seen} == set(Status)
    assert len({verb for verb, _before, _after in seen}) >= 24
