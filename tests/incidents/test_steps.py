"""What every action keeps to: bound or not at all, one entry on the trail, no words of people on it."""

import json
from collections.abc import Callable
from contextvars import Context
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from incidents import actions
from incidents.actions import configuring
from incidents.actions.finishing import KINDS
from incidents.actions.handover import hand_over
from incidents.drafts import Confirmation, Draft, Hold, Intake, Resolution
from incidents.lifecycle import HoldReason, Refused, Status, Verb
from incidents.models import Hypothesis, Incident, Involvement, Message, Service
from incidents.priority import Priority
from incidents.views.narration import STAFF
from incidents.words import explain
from tenancy import clock
from tenancy.members import Member
from tenancy.models import Organisation, TrailEntry
from tenancy.wall import Unbound, bound
from tests.incidents.conftest import Cast
from tests.incidents.expected import GRID, NEEDS, PARTIES
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, brought_to, involved, person, reported
from tests.incidents.test_rights import calls
from tests.incidents.watching import everything, trail_of

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

# The trail's kinds are a contract: whoever reads it later relies on these words.
TOLD_AS = {
    "take": "taken", "acknowledge": "acknowledged", "assign": "assigned", "route": "routed", "classify": "classified",
    "override": "priority_overridden", "reset": "priority_reset", "restrict": "restricted",
    "unrestrict": "unrestricted", "hold": "held", "resume": "resumed", "resolve": "resolved", "reopen": "reopened",
    "close": "closed", "cancel": "cancelled", "reply": "replied", "note": "noted", "suspect": "suspected",
    "conclude": "concluded", "diagnose": "diagnosed", "refer": "referred", "involve": "person_added",
    "release": "person_removed", "comment": "commented", "answer": "answered", "withdraw": "withdrawn",
    "confirm": "confirmed", "reject": "rejected", "contest": "contested",
}  # fmt: skip


def test_the_trails_kinds() -> None:
    assert {verb.value: kind for verb, kind in KINDS.items()} == {
        verb: f"incident.{told}" for verb, told in TOLD_AS.items()
    }


@pytest.mark.parametrize("status", Status)
def test_one_step_is_one_entry_at_the_time_handed_in(cast: Cast, status: Status) -> None:
    incident = brought_to(status, cast.reporter, cast.mate, service=cast.service)
    involved(incident, cast.affected, Involvement.Part.AFFECTED)
    for verb, (act, facts) in calls(cast, incident).items():
        if verb is Verb.ANSWER or status not in GRID[verb]:
            continue
        member = cast.reporter if verb in PARTIES else cast.team_lead
        with transaction.atomic():
            before = len(trail_of(incident))
            act(member, number=incident.number, **facts, at=AT)
            *_, entry = entries = trail_of(incident)
            assert len(entries) == before + 1, verb
            assert (entry.kind, entry.actor_id, entry.at) == (KINDS[verb], member.id, AT)
            assert Incident.objects.get(pk=incident.pk).updated_at == AT
            assert {m.at for m in Message.objects.filter(pk=entry.facts.get("message_id", 0))} <= {AT}
            transaction.set_rollback(True)


def test_without_a_time_the_databases_clock_counts(reporter: Member, agent: Member) -> None:
    number = reported(reporter).number
    before = clock.now()
    actions.take(agent, number=number)
    entry = TrailEntry.objects.latest("id")
    assert before <= entry.at <= clock.now()


def test_no_action_works_unbound(cast: Cast) -> None:
    incident = brought_to(Status.NEW, cast.reporter, cast.mate, service=cast.service)
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    upload = SimpleUploadedFile("lamp.txt", b"red")
    kept = actions.keep(cast.reporter, uploads=[upload])[0]
    leaver = person(cast.bystander)
    others: list[Callable[[], Any]] = [
        lambda: actions.report(cast.reporter, draft=Draft(title="Smoke")),
        lambda: actions.log(cast.agent, draft=Draft(title="Smoke"), intake=intake),
        lambda: actions.keep(cast.reporter, uploads=[upload]),
        lambda: actions.discard(cast.reporter, uuid=kept.uuid),
        lambda: hand_over(cast.administrator, leaver, AT),
        lambda: configuring.save_setting(cast.administrator, row=cast.service),
        lambda: configuring.remove_setting(cast.administrator, row=cast.service),
        lambda: configuring.follow(cast.stakeholder, service=cast.service),
        configuring.furnish,
    ]
    verbs = [partial(act, cast.lead, number=incident.number, **facts) for act, facts in calls(cast, incident).values()]
    before = everything()
    for act in [*verbs, *others]:
        with pytest.raises(Unbound):
            Context().run(act)
    assert everything() == before


BLANK = " \n\t "


def test_blank_facts_are_no_facts(cast: Cast) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    resolved = brought_to(Status.RESOLVED, cast.reporter, cast.agent)
    closed = brought_to(Status.CLOSED, cast.reporter, cast.agent)
    hypothesis = Hypothesis.objects.create(incident=incident, suspicion="?", author_id=cast.mate.id, at=AT)
    number, staff = incident.number, cast.lead
    attempts: dict[str, Callable[[], Any]] = {
        "override": lambda: actions.override_priority(staff, number=number, priority=Priority.P1, reason=BLANK),
        "resolve without note": lambda: resolve(note=BLANK),
        "resolve without test": lambda: resolve(tested_how=BLANK),
        "resolve without code": lambda: resolve(code=""),
        "resolve with a code of one's own": lambda: resolve(code="magic"),
        "reopen": lambda: actions.reopen(staff, number=resolved.number, reason=BLANK),
        "close without reason": lambda: actions.close(staff, number=resolved.number, ending="", text="Bye."),
        "close as confirmed": lambda: actions.close(staff, number=resolved.number, ending="confirmed", text="Sure."),
        "close by silence": lambda: actions.close(staff, number=resolved.number, ending="silence"),
        "cancel without words": lambda: actions.cancel(staff, number=number, ending="not_incident", text=BLANK),
        "cancel without reason": lambda: actions.cancel(staff, number=number, ending="", text="Bye."),
        "reply": lambda: actions.reply(staff, number=number, text=BLANK),
        "note": lambda: actions.note(staff, number=number, text=BLANK),
        "suspect": lambda: actions.suspect(staff, number=number, suspicion=BLANK),
        "conclude": lambda: actions.conclude(staff, number=number, hypothesis=hypothesis, outcome="perhaps"),
        "diagnose": lambda: actions.diagnose(staff, number=number, root_cause=BLANK),
        "refer": lambda: actions.refer(staff, number=number, kind="supplier", value=BLANK),
        "comment": lambda: actions.comment(cast.reporter, number=number, text=BLANK),
        "reject": lambda: actions.reject(cast.reporter, number=resolved.number, text=BLANK),
        "contest": lambda: actions.contest(cast.reporter, number=closed.number, text=BLANK),
    }

    def resolve(**facts: str) -> None:
        said = {"code": FIXED.code, "note": "New cable.", "tested_how": "Printed.", **facts}
        actions.resolve(staff, number=number, resolution=Resolution(**said))

    before = everything()
    for what, act in attempts.items():
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.missing & NEEDS[refused.value.verb], what
        assert explain(refused.value).startswith("Please say first: "), what
    assert everything() == before


def test_the_trail_holds_no_words_of_people(cast: Cast) -> None:
    say = "Canary"
    upload = actions.keep(cast.reporter, uploads=[SimpleUploadedFile(f"{say}.txt", say.encode())])[0]
    draft = Draft(title=say, description=say, error_code=say, attachments=(upload.uuid,), service=cast.service)
    number = actions.report(cast.reporter, draft=draft, source_reference=say).number
    lead, reporter = cast.lead, cast.reporter
    actions.take(lead, number=number)
    actions.note(lead, number=number, text=say)
    actions.reply(lead, number=number, text=say)
    actions.override_priority(lead, number=number, priority=Priority.P1, reason=say)
    suspicion = actions.suspect(lead, number=number, suspicion=say, test=say)
    confirmed = Hypothesis.Outcome.CONFIRMED
    actions.conclude(lead, number=number, hypothesis=suspicion, outcome=confirmed, test=say, as_root_cause=True)
    actions.diagnose(lead, number=number, root_cause=f"{say}!")
    actions.refer(lead, number=number, kind="supplier", value=say, url=f"https://example.org/{say}")
    actions.hold(lead, number=number, facts=Hold(reason=HoldReason.REQUESTER, text=say))
    actions.comment(reporter, number=number, text=say)
    actions.resolve(lead, number=number, resolution=Resolution(code=FIXED.code, note=say, tested_how=say))
    actions.reject(reporter, number=number, text=say)
    actions.resolve(lead, number=number, resolution=Resolution(code=FIXED.code, note=f"{say}!", tested_how=f"{say}!"))
    actions.confirm(reporter, number=number, word=Confirmation(retested_how=say, rating=5, word=say))
    cancelled = reported(reporter, title=say).number
    actions.cancel(lead, number=cancelled, ending=Incident.Ending.NOT_INCIDENT, text=say)
    actions.contest(reporter, number=cancelled, text=say)
    told = json.dumps(list(TrailEntry.objects.values_list("kind", "facts")))
    assert say not in told
    rewritten = [name for entry in TrailEntry.objects.all() for name in entry.facts.get("rewritten", [])]
    assert set(rewritten) == {"resolution_note", "tested_how", "root_cause", "retested_how", "rating_word"}


def test_a_refusal_says_who_was_first(reporter: Member, agent: Member, lead: Member) -> None:
    number = brought_to(Status.RESOLVED, reporter, agent).number
    with pytest.raises(Refused) as refused:
        actions.resolve(lead, number=number, resolution=FIXED)
    expected = f"“Resolve” is not possible: the incident is resolved. {agent.name} was first."
    assert explain(refused.value) == expected
    actions.confirm(reporter, number=number, word=IT_WORKS)
    with pytest.raises(Refused) as refused:
        actions.reject(reporter, number=number, text="No, wait.")
    assert explain(refused.value).endswith("the incident is closed. You have changed it yourself meanwhile.")


def test_a_refusal_for_a_missing_fact_blames_nobody(reporter: Member, agent: Member, lead: Member) -> None:
    number = brought_to(Status.RESOLVED, reporter, agent).number
    with pytest.raises(Refused) as refused:
        actions.reopen(lead, number=number, reason="")
    assert explain(refused.value) == "Please say first: reason."


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "incidents_incident_work_has_somebody": {"status": Status.IN_PROGRESS, "assignee": None},
    "incidents_incident_hold_has_reason": {"status": Status.ON_HOLD, "hold_reason": ""},
    "incidents_incident_number": {"number": 1001},
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_the_database_refuses_what_cannot_be(reporter: Member, name: str) -> None:
    reported(reporter)
    second = reported(reporter)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Incident.objects.filter(pk=second.pk).update(**IMPOSSIBLE[name])


def test_a_reason_without_a_hold_cannot_be(reporter: Member) -> None:
    incident = reported(reporter)
    with pytest.raises(IntegrityError, match="hold_has_reason"), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(hold_reason=HoldReason.CHANGE)


def test_a_note_is_internal_or_it_is_none(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    with pytest.raises(IntegrityError, match="note_is_internal"), transaction.atomic():
        Message.objects.create(incident=incident, kind=Message.Kind.NOTE, text="Psst", at=AT, author_id=agent.id)


def test_nobody_deletes_an_incident(reporter: Member) -> None:
    incident = reported(reporter)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        incident.delete()


def test_the_same_number_beyond_the_wall_is_another_incident(
    cast: Cast, quill: Organisation, member: Callable[..., Member]
) -> None:
    mine = reported(cast.reporter, title="Ours")
    theirs = member("team_lead", organisation=quill)
    with bound(quill.id):
        foreign = reported(theirs, title="Theirs")
        assert foreign.number == mine.number
        actions.take(theirs, number=foreign.number)
        assert Incident.objects.get(number=foreign.number).title == "Theirs"
        assert not Service.objects.filter(pk=cast.service.pk).exists()
    assert Incident.objects.get(number=mine.number).status == Status.NEW


def test_a_row_cannot_hang_on_another_organisations(
    cast: Cast, quill: Organisation, member: Callable[..., Member]
) -> None:
    theirs = member(organisation=quill)
    with bound(quill.id):
        foreign = reported(theirs)
    mine = reported(cast.reporter)
    for field, value in {"duplicate_of_id": foreign.pk, "assignee_id": theirs.id}.items():
        with pytest.raises(IntegrityError), transaction.atomic():
            Incident.objects.filter(pk=mine.pk).update(**{field: value})


def test_waiting_for_an_answer_ends_by_it(cast: Cast) -> None:
    number = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent).number
    actions.hold(cast.agent, number=number, facts=QUESTION)
    actions.comment(cast.reporter, number=number, text="Red.", at=AT + timedelta(days=1))
    incident = Incident.objects.get(number=number)
    assert (incident.status, incident.hold_reason, incident.assignee_id) == (Status.IN_PROGRESS, "", cast.agent.id)
    assert trail_of(incident)[-1].kind == "incident.answered"


def test_every_verb_has_words_on_the_trail() -> None:
    assert {*KINDS.values(), "incident.reported"} <= set(STAFF)
