"""Closure belongs to the reporter: confirming, rejecting, withdrawing, and the endings that staff may bring about."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from incidents import actions
from incidents.drafts import Confirmation, Draft, Hold
from incidents.lifecycle import HoldReason, Refused, Status
from incidents.models import DeskRules, Incident, Message
from incidents.views.narration import narrate
from incidents.words import explain
from notifications.models import OutboxMessage
from tenancy.members import Member
from tenancy.models import Membership
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, brought_to, reported
from tests.incidents.watching import everything, trail_of

Ending = Incident.Ending
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def fresh(incident: Incident) -> Incident:
    return Incident.objects.get(pk=incident.pk)


def refused(act: Callable[[], object]) -> str:
    before = everything()
    with pytest.raises(Refused) as refusal:
        act()
    assert everything() == before
    return explain(refusal.value)


def test_it_works_closes_with_all_that_was_said(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.RESOLVED, reporter, agent)
    word = Confirmation(retested_how="Printed ten pages.", rating=4, word="Quick!")
    actions.confirm(reporter, number=incident.number, word=word, at=MONDAY)
    closed = fresh(incident)
    assert (closed.status, closed.ending, closed.ended_at) == (Status.CLOSED, Ending.CONFIRMED, MONDAY)
    assert (closed.retested_how, closed.rating, closed.rating_word) == ("Printed ten pages.", 4, "Quick!")
    assert closed.contest_until is None


def test_what_the_reporter_confirmed_they_cannot_contest(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.RESOLVED, reporter, agent)
    actions.confirm(reporter, number=incident.number, word=IT_WORKS)
    assert "too late" in refused(lambda: actions.contest(reporter, number=incident.number, text="Hm."))


def test_still_broken_reopens_with_the_same_agent_and_counts(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.RESOLVED, reporter, agent)
    for count in (1, 2):
        actions.reject(reporter, number=incident.number, text=" It smokes again. ")
        again = fresh(incident)
        assert (again.status, again.assignee_id, again.reopened_count) == (Status.IN_PROGRESS, agent.id, count)
        assert (again.resolved_at, again.resolved_by_id, again.resolution_code) == (None, None, "")
        said = Message.objects.last()
        assert said
        assert (said.text, said.kind, said.internal, said.from_staff) == ("It smokes again.", "comment", False, False)
        actions.resolve(agent, number=incident.number, resolution=FIXED)


def test_an_agent_confirms_what_they_reported_themselves(agent: Member) -> None:
    incident = brought_to(Status.RESOLVED, agent, agent)
    actions.confirm(agent, number=incident.number, word=IT_WORKS)
    assert fresh(incident).status == Status.CLOSED


@pytest.mark.parametrize("ending", ["phone", "left", "no_address"])
def test_staff_close_for_one_of_three_reasons(reporter: Member, agent: Member, ending: str) -> None:
    incident = brought_to(Status.RESOLVED, reporter, agent)
    actions.close(agent, number=incident.number, ending=ending, text="She called.", at=MONDAY)
    closed = fresh(incident)
    assert (closed.status, closed.ending, closed.ended_at) == (Status.CLOSED, ending, MONDAY)
    said = Message.objects.last()
    assert said
    assert (said.text, said.kind, said.internal) == ("She called.", "reason", False)
    assert closed.contest_until == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("ending", ["confirmed", "silence", "withdrawn", "duplicate", "not_incident", "whatever"])
def test_no_other_reason_closes(reporter: Member, agent: Member, ending: str) -> None:
    number = brought_to(Status.RESOLVED, reporter, agent).number
    said = refused(lambda: actions.close(agent, number=number, ending=ending, text="Done."))
    assert said == "Please say first: reason."


@pytest.mark.parametrize("ending", ["confirmed", "silence", "phone", "left", "no_address", "whatever"])
def test_no_other_reason_cancels(reporter: Member, agent: Member, ending: str) -> None:
    number = reported(reporter).number
    assert "reason" in refused(lambda: actions.cancel(agent, number=number, ending=ending, text="Done."))


def test_nobody_closes_what_is_not_resolved(reporter: Member, agent: Member) -> None:
    for status in (Status.NEW, Status.IN_PROGRESS, Status.ON_HOLD, Status.CLOSED, Status.CANCELLED):
        number = brought_to(status, reporter, agent).number
        refused(lambda number=number: actions.close(agent, number=number, ending="phone"))
        refused(lambda number=number: actions.confirm(reporter, number=number, word=IT_WORKS))


def test_the_days_for_not_so_are_the_organisations_and_in_the_reporters_zone(reporter: Member, agent: Member) -> None:
    DeskRules.objects.update(contest_days=2)
    Membership.objects.filter(pk=reporter.id).update(time_zone="Pacific/Auckland")
    incident = brought_to(Status.RESOLVED, reporter, agent)
    # Thursday evening in Europe is Friday morning in Auckland: two business days later it is Tuesday there.
    thursday = datetime(2026, 6, 4, 20, 0, tzinfo=UTC)
    actions.close(agent, number=incident.number, ending="phone", at=thursday)
    assert fresh(incident).contest_until == datetime(2026, 6, 8, 20, 0, tzinfo=UTC)


def test_not_so_until_the_very_last_instant(reporter: Member, agent: Member) -> None:
    for late, status in ((timedelta(0), Status.IN_PROGRESS), (timedelta(microseconds=1), Status.CLOSED)):
        incident = brought_to(Status.RESOLVED, reporter, agent)
        actions.close(agent, number=incident.number, ending="phone", at=MONDAY)
        until = fresh(incident).contest_until
        assert until

        def contest(number: int = incident.number, at: datetime = until + late) -> None:
            actions.contest(reporter, number=number, text="Nobody called me.", at=at)

        if late:
            assert refused(contest) == "It is too late to reopen this incident. Please report a new one."
        else:
            contest()
        assert fresh(incident).status == status


def test_not_so_undoes_an_ending_wholly(reporter: Member, agent: Member) -> None:
    original = reported(reporter)
    incident = brought_to(Status.IN_PROGRESS, reporter, agent)
    actions.cancel(
        agent, number=incident.number, ending=Ending.DUPLICATE, text="Same fire.", duplicate_of=original.number
    )
    actions.contest(reporter, number=incident.number, text="Another printer!")
    again = fresh(incident)
    assert (again.status, again.assignee_id, again.reopened_count) == (Status.IN_PROGRESS, agent.id, 1)
    assert (again.ending, again.ended_at, again.contest_until, again.duplicate_of_id) == ("", None, None, None)
    assert "not possible" in refused(lambda: actions.contest(reporter, number=incident.number, text="Again!"))


def test_what_lives_again_leaves_its_reference_to_the_newer(cast: Cast) -> None:
    def alert() -> Incident:
        return actions.report(cast.reporter, draft=Draft(title="Disk full"), source_reference="disk-7")

    older = alert()
    actions.cancel(cast.agent, number=older.number, ending=Ending.NOT_INCIDENT, text="Just a test.")
    newer = alert()
    actions.contest(cast.reporter, number=older.number, text="It was none.")
    assert [fresh(one).source_reference for one in (older, newer)] == ["", "disk-7"]
    entry = trail_of(older)[-1]
    assert (entry.kind, entry.facts["rewritten"]) == ("incident.contested", ["source_reference"])
    assert narrate(entry, {}).endswith("its source’s reference leads to a newer incident")
    assert alert() == newer


def test_what_lives_again_keeps_a_reference_that_is_free(cast: Cast) -> None:
    alert = actions.report(cast.reporter, draft=Draft(title="Disk full"), source_reference="disk-7")
    actions.cancel(cast.agent, number=alert.number, ending=Ending.NOT_INCIDENT, text="Just a test.")
    actions.report(cast.bystander, draft=Draft(title="Disk full"), source_reference="disk-7")
    actions.contest(cast.reporter, number=alert.number, text="It was none.")
    assert fresh(alert).source_reference == "disk-7"


def test_a_later_confirmation_is_not_open_to_an_older_not_so(reporter: Member, agent: Member) -> None:
    incident = brought_to(Status.CLOSED, reporter, agent)
    actions.contest(reporter, number=incident.number, text="Not so.")
    actions.resolve(agent, number=incident.number, resolution=FIXED)
    actions.confirm(reporter, number=incident.number, word=IT_WORKS)
    assert fresh(incident).contest_until is None
    assert "too late" in refused(lambda: actions.contest(reporter, number=incident.number, text="Hm."))


@pytest.mark.parametrize("status", [Status.NEW, Status.IN_PROGRESS, Status.ON_HOLD])
def test_withdrawing_needs_no_reason_and_is_final(reporter: Member, agent: Member, status: Status) -> None:
    incident = brought_to(status, reporter, agent)
    actions.withdraw(reporter, number=incident.number, at=MONDAY)
    gone = fresh(incident)
    assert (gone.status, gone.ending, gone.ended_at) == (Status.CANCELLED, Ending.WITHDRAWN, MONDAY)
    assert (gone.hold_reason, gone.hold_until, gone.contest_until) == ("", None, None)
    assert "too late" in refused(lambda: actions.contest(reporter, number=incident.number, text="Hm."))
    assert not Message.objects.filter(incident=incident, kind=Message.Kind.COMMENT).exists()


def test_withdrawing_with_a_word(reporter: Member) -> None:
    incident = reported(reporter)
    actions.withdraw(reporter, number=incident.number, text="Found the plug.")
    assert Message.objects.get().text == "Found the plug."
    assert trail_of(incident)[-1].facts["message_id"] == Message.objects.get().pk


def test_a_duplicate_names_what_goes_on(cast: Cast) -> None:
    original = reported(cast.reporter)
    incident = brought_to(Status.ON_HOLD, cast.affected, cast.agent)
    actions.cancel(
        cast.agent, number=incident.number, ending=Ending.DUPLICATE, text="Same fire.", duplicate_of=original.number
    )
    assert (fresh(incident).status, fresh(incident).duplicate_of_id) == (Status.CANCELLED, original.pk)
    assert list(original.duplicates.all()) == [incident]


def test_a_duplicate_of_nothing_sensible_is_refused(cast: Cast) -> None:
    incident = reported(cast.reporter)
    cancelled = brought_to(Status.CANCELLED, cast.reporter, cast.agent)
    duplicate = reported(cast.reporter)
    actions.cancel(
        cast.agent, number=duplicate.number, ending=Ending.DUPLICATE, text="Same.", duplicate_of=incident.number
    )
    hidden = reported(cast.reporter, service=cast.service)
    actions.restrict(cast.team_lead, number=hidden.number)
    for number in (None, incident.number, cancelled.number, duplicate.number, hidden.number, 4711):
        said = refused(
            lambda number=number: actions.cancel(
                cast.agent, number=incident.number, ending=Ending.DUPLICATE, text="Same.", duplicate_of=number
            )
        )
        assert said == "Name the incident that goes on: another one, not itself cancelled."


def test_what_is_no_duplicate_names_no_other(reporter: Member, agent: Member) -> None:
    original = reported(reporter)
    incident = reported(reporter)
    actions.cancel(
        agent, number=incident.number, ending=Ending.NOT_INCIDENT, text="A drill.", duplicate_of=original.number
    )
    assert fresh(incident).duplicate_of_id is None


# --- on hold, and resolved


def test_a_hold_needs_what_its_reason_needs(reporter: Member, agent: Member) -> None:
    number = brought_to(Status.IN_PROGRESS, reporter, agent).number
    said = {
        Hold(reason=HoldReason.REQUESTER): "Ask the requester something: they can't know what you wait for.",
        Hold(reason=HoldReason.REQUESTER, text="  "): "Ask the requester something: they can't know what you wait for.",
        Hold(reason=HoldReason.SCHEDULED): "Choose a date in the future.",
        Hold(reason=HoldReason.SCHEDULED, until=MONDAY): "Choose a date in the future.",
        Hold(reason=HoldReason.SCHEDULED, until=MONDAY - timedelta(days=1)): "Choose a date in the future.",
        Hold(reason=HoldReason.SUPPLIER, until=MONDAY - timedelta(days=1)): "Choose a date in the future.",
    }
    for facts, words in said.items():
        assert refused(lambda facts=facts: actions.hold(agent, number=number, facts=facts, at=MONDAY)) == words


def test_a_question_is_public_and_every_other_reason_internal(reporter: Member, agent: Member) -> None:
    number = reported(reporter).number
    later = MONDAY + timedelta(days=3)
    for reason in HoldReason:
        actions.hold(agent, number=number, facts=Hold(reason=reason, text=f"For {reason}", until=later), at=MONDAY)
        incident, said = Incident.objects.get(number=number), Message.objects.last()
        assert said
        assert (incident.status, incident.hold_reason, incident.hold_until) == (Status.ON_HOLD, reason, later)
        asks = reason is HoldReason.REQUESTER
        assert (said.kind, said.internal) == (("question", False) if asks else ("reason", True))


@pytest.mark.parametrize("way_out", ["resume", "answer", "resolve", "cancel", "withdraw"])
def test_no_way_out_of_a_hold_leaves_its_reason_behind(reporter: Member, agent: Member, way_out: str) -> None:
    number = brought_to(Status.IN_PROGRESS, reporter, agent).number
    question = Hold(reason=HoldReason.REQUESTER, text="Which lamp?", until=MONDAY + timedelta(days=1))
    actions.hold(agent, number=number, facts=question, at=MONDAY)
    ways: dict[str, Callable[[], object]] = {
        "resume": lambda: actions.resume(agent, number=number),
        "answer": lambda: actions.comment(reporter, number=number, text="The red one."),
        "resolve": lambda: actions.resolve(agent, number=number, resolution=FIXED),
        "cancel": lambda: actions.cancel(agent, number=number, ending="not_incident", text="A drill."),
        "withdraw": lambda: actions.withdraw(reporter, number=number),
    }
    ways[way_out]()
    incident = Incident.objects.get(number=number)
    assert (incident.hold_reason, incident.hold_until) == ("", None)


def test_only_a_hold_for_the_requester_ends_by_their_word(reporter: Member, agent: Member) -> None:
    number = brought_to(Status.IN_PROGRESS, reporter, agent).number
    for reason in HoldReason:
        facts = Hold(reason=reason, text="Which lamp?", until=MONDAY + timedelta(days=1))
        actions.hold(agent, number=number, facts=facts, at=MONDAY)
        actions.comment(reporter, number=number, text="The red one.")
        asked = reason is HoldReason.REQUESTER
        incident = Incident.objects.get(number=number)
        assert incident.status == (Status.IN_PROGRESS if asked else Status.ON_HOLD)
        assert trail_of(incident)[-1].kind == ("incident.answered" if asked else "incident.commented")


def test_whoever_takes_part_may_answer(cast: Cast) -> None:
    for part in ("affected", "participant"):
        incident = reported(cast.reporter)
        actions.involve(
            cast.agent, number=incident.number, person=Membership.objects.get(pk=cast.affected.id), part=part
        )
        actions.hold(cast.agent, number=incident.number, facts=QUESTION)
        actions.comment(cast.affected, number=incident.number, text="The red one.")
        assert fresh(incident).status == Status.NEW


def test_resolving_keeps_what_was_done(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    actions.resolve(agent, number=incident.number, resolution=FIXED, at=MONDAY)
    done = fresh(incident)
    assert (done.status, done.resolved_at, done.resolved_by_id) == (Status.RESOLVED, MONDAY, agent.id)
    assert (done.resolution_code, done.resolution_note, done.tested_how) == (
        "fixed",
        "The cable is new.",
        "Printed a page.",
    )
    said = Message.objects.get()
    assert (said.kind, said.text, said.internal, said.from_staff) == ("solution", "The cable is new.", False, True)


def test_the_reporter_alone_gets_the_links_that_act(cast: Cast) -> None:
    incident = reported(cast.reporter, service=cast.service)
    affected = Membership.objects.get(pk=cast.affected.id)
    actions.involve(cast.agent, number=incident.number, person=affected, part="affected")
    actions.hold(cast.agent, number=incident.number, facts=QUESTION)
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    actions.close(cast.agent, number=incident.number, ending="phone")
    offered = {(message.kind, message.name): sorted(message.facts["links"]) for message in OutboxMessage.objects.all()}
    assert offered == {
        ("incident_reported", "Reporter"): [],
        ("incident_new", "Stakeholder"): [],
        ("incident_question", "Reporter"): ["answer"],
        ("incident_resolved", "Reporter"): ["confirm", "reject"],
        ("incident_resolved", "Affected"): [],
        ("incident_resolved", "Stakeholder"): [],
        ("incident_closed", "Reporter"): ["contest"],
        ("incident_closed", "Affected"): [],
        ("incident_closed", "Stakeholder"): [],
    }
    resolved = OutboxMessage.objects.get(kind="incident_resolved", name="Reporter")
    entry = next(entry for entry in trail_of(incident) if entry.kind == "incident.resolved")
    claims = {"number": incident.number, "member": cast.reporter.id, "entry": entry.id}
    assert resolved.facts["links"]["confirm"] == {"purpose": "confirm", "claims": claims}
