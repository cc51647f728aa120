"""Who is told of what: one message per person, never to whoever did it, and never a word from inside the desk."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.template.loader import get_template
from django.test.utils import CaptureQueriesContext

from incidents import actions
from incidents.actions import timing
from incidents.actions.notices import NEWS, TEMPLATE, Notice, announce
from incidents.audience import AUDIENCE
from incidents.drafts import Confirmation, Draft, Hold, Intake, Resolution
from incidents.lifecycle import HoldReason, Status
from incidents.models import Following, Hypothesis, Incident, Involvement, Message, Timer
from incidents.priority import Priority
from notifications.channels.page import Page
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.models import Membership, RoleGrant, TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, SUPPLIER, classification, involved, person
from tests.incidents.watching import trail_of

Part = Involvement.Part
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def incident(cast: Cast) -> Incident:
    """In the agent's hands, with everybody around it; nothing has been told of it yet."""
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    made = actions.log(cast.agent, draft=Draft(title="Smoke", service=cast.service), intake=intake)
    actions.take(cast.agent, number=made.number)
    involved(made, cast.affected, Part.AFFECTED)
    involved(made, cast.participant, Part.PARTICIPANT)
    involved(made, cast.auditor, Part.WATCHER)
    return made


def told(act: Callable[[], object]) -> dict[str, str]:
    """To whom the step wrote, and why they get it."""
    seen = set(OutboxMessage.objects.values_list("id", flat=True))
    act()
    new = OutboxMessage.objects.exclude(id__in=seen)
    return {message.name: message.facts["why"] for message in new}


EVERYBODY = {
    "Reporter": "reporter",
    "Affected": "affected",
    "Participant": "participant",
    "Auditor": "watcher",
    "Stakeholder": "stakeholder",
}
SPEAKERS = {"Reporter": "reporter", "Affected": "affected", "Participant": "participant"}
ASSIGNEE = {"Agent": "assignee"}
ONLOOKERS = {"Auditor": "watcher", "Stakeholder": "stakeholder"}


def test_who_hears_of_a_step(cast: Cast, incident: Incident) -> None:
    number, lead, reporter = incident.number, cast.lead, cast.reporter
    but_reporter = {name: why for name, why in EVERYBODY.items() if name != "Reporter"}
    story: list[tuple[Callable[[], object], dict[str, str]]] = [
        (lambda: actions.reply(lead, number=number, text="On our way."), SPEAKERS),
        (lambda: actions.comment(cast.affected, number=number, text="Here too!"), ASSIGNEE),
        (lambda: actions.note(lead, number=number, text="Psst."), {}),
        (lambda: actions.classify(lead, number=number, facts=classification(service=cast.service)), ONLOOKERS),
        (lambda: actions.classify(lead, number=number, facts=classification(service=cast.service)), {}),
        (lambda: actions.override_priority(lead, number=number, priority=Priority.P1, reason="!"), ONLOOKERS),
        (lambda: actions.reset_priority(lead, number=number), ONLOOKERS),
        (lambda: actions.suspect(lead, number=number, suspicion="Ghosts"), {}),
        (lambda: actions.diagnose(lead, number=number, root_cause="Ghosts"), {}),
        (lambda: actions.refer(lead, number=number, kind="supplier", value="S-1"), {}),
        (lambda: actions.hold(lead, number=number, facts=Hold(reason=HoldReason.SUPPLIER, text="Parts")), EVERYBODY),
        (lambda: actions.resume(lead, number=number), EVERYBODY),
        (lambda: actions.hold(lead, number=number, facts=QUESTION), {"Reporter": "reporter"}),
        (lambda: actions.comment(reporter, number=number, text="Red."), ASSIGNEE),
        (lambda: actions.resolve(cast.agent, number=number, resolution=FIXED), EVERYBODY),
        (lambda: actions.reject(reporter, number=number, text="No."), but_reporter | ASSIGNEE),
        (lambda: actions.resolve(cast.agent, number=number, resolution=FIXED), EVERYBODY),
        (lambda: actions.reopen(lead, number=number, reason="Too early."), EVERYBODY | ASSIGNEE),
        (lambda: actions.resolve(lead, number=number, resolution=FIXED), EVERYBODY),
        (lambda: actions.close(lead, number=number, ending="phone"), EVERYBODY | ASSIGNEE),
        (lambda: actions.contest(reporter, number=number, text="Not so."), but_reporter | ASSIGNEE),
        (lambda: actions.assign(lead, number=number, assignee=person(cast.mate)), {"Mate": "assignee"}),
        (
            lambda: actions.cancel(lead, number=number, ending="not_incident", text="A drill."),
            EVERYBODY | {"Mate": "assignee"},
        ),
        (lambda: actions.contest(reporter, number=number, text="Not so."), but_reporter | {"Mate": "assignee"}),
        (lambda: actions.route(lead, number=number, team=cast.other_team), {}),
        (lambda: actions.resolve(cast.outside_agent, number=number, resolution=FIXED), EVERYBODY),
        (lambda: actions.confirm(reporter, number=number, word=IT_WORKS), but_reporter | {"Outside Agent": "assignee"}),
    ]
    for turn, (act, expected) in enumerate(story):
        assert told(act) == expected, f"step {turn}, after {trail_of(incident)[-1].kind}"


def test_withdrawing_tells_everybody_else(cast: Cast, incident: Incident) -> None:
    found = told(lambda: actions.withdraw(cast.reporter, number=incident.number))
    assert set(found) == {"Affected", "Participant", "Auditor", "Stakeholder", "Agent"}


def test_several_causes_are_one_message(cast: Cast, incident: Incident) -> None:
    for part in Part:
        Involvement.objects.get_or_create(incident=incident, membership_id=cast.reporter.id, part=part)
        Involvement.objects.get_or_create(incident=incident, membership_id=cast.auditor.id, part=part)
    RoleGrant.objects.create(membership_id=cast.auditor.id, role="stakeholder")
    Following.objects.create(service=cast.service, membership_id=cast.auditor.id)
    Following.objects.create(service=cast.service, membership_id=cast.reporter.id)
    before = OutboxMessage.objects.count()
    found = told(lambda: actions.resolve(cast.agent, number=incident.number, resolution=FIXED))
    assert found == EVERYBODY | {"Auditor": "affected"}
    assert OutboxMessage.objects.count() == before + len(EVERYBODY)


def test_a_message_names_all_reasons(cast: Cast, incident: Incident) -> None:
    involved(incident, cast.reporter, Part.AFFECTED)
    RoleGrant.objects.create(membership_id=cast.auditor.id, role="stakeholder")
    Following.objects.create(service=cast.service, membership_id=cast.auditor.id)
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    told = OutboxMessage.objects.filter(kind="incident_resolved")
    reasons = {message.name: message.facts["reasons"] for message in told}
    assert reasons["Reporter"] == ["reporter", "affected"]
    assert reasons["Auditor"] == ["watcher", "stakeholder"]
    page = Page.of(told.get(name="Auditor"))
    for text in (page.text, page.html):
        assert "You watch the incident. You follow the service." in " ".join(text.split()).replace(WHY, "You")


def test_one_change_is_one_message_though_it_is_two_events(cast: Cast) -> None:
    made = actions.log(
        cast.lead, draft=Draft(title="Smoke"), intake=Intake(reporter=person(cast.reporter), source="phone")
    )
    involved(made, cast.agent, Part.WATCHER)
    involved(made, cast.auditor, Part.WATCHER)
    letters = OutboxMessage.objects.filter(to__in=[cast.agent.id, cast.auditor.id]).order_by("id")
    actions.assign(cast.lead, number=made.number, assignee=person(cast.agent))
    told_of_work = [("Agent", "incident_assigned"), ("Auditor", "incident_progressed")]
    assert list(letters.values_list("name", "kind")) == told_of_work
    until = clock.now() + timedelta(days=1)
    actions.hold(cast.agent, number=made.number, facts=Hold(reason=HoldReason.SCHEDULED, text="", until=until))
    letters.update(to=None)
    Incident.objects.update(hold_until=clock.now())
    Timer.objects.update(due_at=clock.now())
    timing.CLAIMS.attend_batch(cast.lead.organisation_id)
    assert list(letters.values_list("name", "kind")) == [
        ("Agent", "incident_resumed"),
        ("Auditor", "incident_progressed"),
    ]


def test_stakeholders_hear_of_a_new_incident_on_their_service(cast: Cast) -> None:
    found = told(lambda: actions.report(cast.reporter, draft=Draft(title="Smoke", service=cast.service)))
    assert found == {"Reporter": "reporter", "Stakeholder": "stakeholder"}
    news = OutboxMessage.objects.get(name="Stakeholder")
    assert (news.kind, news.bundle, news.urgent) == (
        "incident_new", f"service:{cast.service.pk}:{cast.stakeholder.id}", False
    )  # fmt: skip


def test_who_reports_on_a_service_they_follow_gets_the_receipt_alone(cast: Cast) -> None:
    actions.report(cast.stakeholder, draft=Draft(title="Smoke", service=cast.service))
    assert OutboxMessage.objects.get().facts["reasons"] == ["reporter", "stakeholder"]


def test_who_logs_for_somebody_is_not_told_of_their_own_doing(cast: Cast) -> None:
    RoleGrant.objects.create(membership_id=cast.agent.id, role="stakeholder")
    Following.objects.create(service=cast.service, membership_id=cast.agent.id)
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    found = told(lambda: actions.log(cast.agent, draft=Draft(title="Smoke", service=cast.service), intake=intake))
    assert found == {"Reporter": "reporter", "Stakeholder": "stakeholder"}


def test_a_report_that_nobody_follows_asks_no_further_question(cast: Cast) -> None:
    Following.objects.all().delete()
    draft = Draft(title="Smoke", service=cast.service)
    with CaptureQueriesContext(connection) as asked:
        actions.report(cast.reporter, draft=draft)
    about_people = [one["sql"] for one in asked if 'FROM "tenancy_membership"' in one["sql"]]
    assert len(about_people) == 1


def test_what_asks_for_something_never_waits(cast: Cast, incident: Incident) -> None:
    actions.reply(cast.lead, number=incident.number, text="On our way.")
    actions.hold(cast.lead, number=incident.number, facts=QUESTION)
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    actions.close(cast.agent, number=incident.number, ending="phone")
    urgent = set(OutboxMessage.objects.filter(urgent=True).values_list("kind", "name"))
    kinds = ("incident_question", "incident_resolved", "incident_closed")
    assert urgent == {(kind, "Reporter") for kind in kinds}


def test_of_a_restricted_one_only_those_hear_who_may_open_it(cast: Cast, incident: Incident) -> None:
    involved(incident, cast.outside_agent, Part.WATCHER)
    actions.restrict(cast.team_lead, number=incident.number)
    found = told(lambda: actions.resolve(cast.team_lead, number=incident.number, resolution=FIXED))
    assert found == {name: why for name, why in EVERYBODY.items() if name != "Stakeholder"}


def test_who_may_not_see_it_any_more_hears_no_more(cast: Cast, incident: Incident) -> None:
    RoleGrant.objects.filter(membership__in=[cast.auditor.id, cast.stakeholder.id]).delete()
    found = told(lambda: actions.resolve(cast.agent, number=incident.number, resolution=FIXED))
    assert found == SPEAKERS


def test_what_waits_is_not_sent_to_who_may_not_see_it_any_more(cast: Cast, incident: Incident) -> None:
    involved(incident, cast.outside_agent, Part.WATCHER)
    actions.hold(cast.agent, number=incident.number, facts=SUPPLIER)
    waiting = OutboxMessage.objects.filter(thread=f"incident-{incident.number}")
    assert {one.state for one in waiting} == {"pending"}
    actions.restrict(cast.team_lead, number=incident.number)
    assert {one.name for one in waiting.filter(state="dropped")} == {"Stakeholder", "Outside Agent"}
    assert {one.name for one in waiting.filter(state="pending")} == {*SPEAKERS, "Auditor"}


@pytest.mark.parametrize("how", ["carried by another", "left by a worker that died"])
def test_nor_what_waits_in_another_way(cast: Cast, how: str) -> None:
    _first, second = (actions.report(cast.reporter, draft=Draft(title="No", service=cast.service)) for _ in range(2))
    lead, other = OutboxMessage.objects.filter(to=cast.stakeholder.id).order_by("id")
    if how == "carried by another":
        OutboxMessage.objects.filter(pk=lead.pk).update(attempts=1, shut_until=clock.now())
        OutboxMessage.objects.filter(pk=other.pk).update(state="carried", lead=lead)
    else:
        gone = clock.now() - timedelta(minutes=1)
        OutboxMessage.objects.filter(pk=other.pk).update(state="sending", attempts=1, lease_until=gone)
    actions.restrict(cast.team_lead, number=second.number)
    assert OutboxMessage.objects.get(pk=other.pk).state == "dropped"
    assert OutboxMessage.objects.get(pk=lead.pk).state == "pending"


def test_a_stakeholder_for_one_team_only_follows_nothing(cast: Cast, incident: Incident) -> None:
    RoleGrant.objects.filter(membership=cast.stakeholder.id).update(team=cast.team)
    found = told(lambda: actions.resolve(cast.agent, number=incident.number, resolution=FIXED))
    assert "Stakeholder" not in found


def test_who_has_left_or_has_no_address_is_not_written_to(cast: Cast, incident: Incident) -> None:
    Membership.objects.filter(pk=cast.reporter.id).update(state=Membership.State.LEFT)
    Membership.objects.filter(pk=cast.affected.id).update(mail="")
    found = told(lambda: actions.resolve(cast.agent, number=incident.number, resolution=FIXED))
    assert set(found) == {"Participant", "Auditor", "Stakeholder"}


def test_followers_of_another_service_hear_nothing(cast: Cast, incident: Incident) -> None:
    actions.classify(cast.agent, number=incident.number, facts=classification(service=None))
    found = told(lambda: actions.resolve(cast.agent, number=incident.number, resolution=FIXED))
    assert "Stakeholder" not in found


# --- what they are told

WHY = "You get this mail because you"
INSIDE = "c4n4ry"


def _fill_the_inside(cast: Cast, number: int) -> None:
    """Write the canary wherever only staff may read."""
    lead = cast.lead
    upload = actions.keep(lead, uploads=[SimpleUploadedFile(f"{INSIDE}.txt", INSIDE.encode())])
    actions.note(lead, number=number, text=INSIDE, attachments=[upload[0].uuid])
    actions.override_priority(lead, number=number, priority=Priority.P1, reason=INSIDE)
    one = actions.suspect(lead, number=number, suspicion=INSIDE, test=INSIDE)
    confirmed = Hypothesis.Outcome.CONFIRMED
    actions.conclude(lead, number=number, hypothesis=one, outcome=confirmed, test=INSIDE, as_root_cause=True)
    actions.diagnose(lead, number=number, root_cause=INSIDE)
    actions.refer(lead, number=number, kind="supplier", value=INSIDE)
    for reason in set(HoldReason) - {HoldReason.REQUESTER}:
        later = datetime(2099, 1, 1, tzinfo=UTC)
        actions.hold(lead, number=number, facts=Hold(reason=reason, text=INSIDE, until=later))
    actions.resume(lead, number=number)


def test_nothing_internal_ever_reaches_the_outbox(cast: Cast, incident: Incident) -> None:
    number, lead, reporter = incident.number, cast.lead, cast.reporter
    fixed = Resolution(code=FIXED.code, note="New cable.", tested_how=INSIDE)
    word = Confirmation(retested_how=INSIDE, rating=1, word=INSIDE)
    _fill_the_inside(cast, number)
    actions.reply(lead, number=number, text="On our way.")
    actions.comment(reporter, number=number, text="Thanks.")
    actions.hold(lead, number=number, facts=QUESTION)
    actions.comment(reporter, number=number, text="Red.")
    actions.resolve(lead, number=number, resolution=fixed)
    actions.reject(reporter, number=number, text="No.")
    _fill_the_inside(cast, number)
    actions.resolve(lead, number=number, resolution=fixed)
    actions.reopen(lead, number=number, reason="Too early.")
    actions.resolve(lead, number=number, resolution=fixed)
    actions.close(lead, number=number, ending="phone", text="She called.")
    actions.contest(reporter, number=number, text="Not so.")
    actions.assign(lead, number=number, assignee=person(cast.mate))
    actions.cancel(lead, number=number, ending="not_incident", text="A drill.")
    actions.contest(reporter, number=number, text="Not so.")
    actions.resolve(lead, number=number, resolution=fixed)
    actions.confirm(reporter, number=number, word=word)
    messages = OutboxMessage.objects.all()
    assert {message.kind for message in messages} == {
        "incident_reported", "incident_replied", "incident_question", "incident_resolved", "incident_reopened",
        "incident_closed", "incident_cancelled", "incident_assigned", "incident_new", "incident_progressed",
    }  # fmt: skip
    for message in messages:
        row = {field.attname: getattr(message, field.attname) for field in message._meta.concrete_fields}
        assert INSIDE not in json.dumps(row, default=str), f"{message.kind} to {message.name}"


def test_an_internal_message_cannot_be_told_at_all(cast: Cast, incident: Incident) -> None:
    note = actions.note(cast.agent, number=incident.number, text="Psst.")
    entry = trail_of(incident)[-1]
    for event in AUDIENCE:
        with pytest.raises(ValueError, match="internal"):
            announce(Notice(event, entry, incident, cast.agent, note))


def test_facts_are_named_and_public(cast: Cast, incident: Incident) -> None:
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED, at=AT)
    for message in OutboxMessage.objects.filter(kind="incident_resolved"):
        facts = message.facts
        assert set(facts) == {
            "number", "title", "status", "requester", "actor_name", "text", "service", "priority", "path", "why",
            "contest_until", "closes_at", "links", "base", "organisation", "reasons", "happened_at", "topic",
        }  # fmt: skip
        assert (facts["number"], facts["title"], facts["status"]) == (incident.label, "Smoke", "Resolved")
        assert (facts["text"], facts["actor_name"]) == ("The cable is new.", "Agent")
        at_desk = facts["why"] in ("assignee", "watcher")
        assert facts["path"] == f"{'/desk' if at_desk else ''}/incidents/{incident.label}/"
        assert (message.thread, message.due_at) == (f"incident-{incident.number}", AT)


def test_an_ending_by_staff_says_its_reason_even_without_more_words(cast: Cast, incident: Incident) -> None:
    number = incident.number
    actions.resolve(cast.agent, number=number, resolution=FIXED)
    actions.close(cast.agent, number=number, ending="phone", at=AT)
    facts = OutboxMessage.objects.get(kind="incident_closed", name="Reporter").facts
    assert (facts["text"], facts["contest_until"]) == ("Confirmed by phone", "2026-03-09T09:30:00+00:00")
    actions.contest(cast.reporter, number=number, text="I did not.", at=AT)
    actions.cancel(cast.agent, number=number, ending="not_incident", text="A drill.")
    assert OutboxMessage.objects.get(kind="incident_cancelled", name="Reporter").facts["text"] == "A drill."


def test_a_confirmation_says_no_reason(cast: Cast, incident: Incident) -> None:
    actions.resolve(cast.lead, number=incident.number, resolution=FIXED)
    actions.confirm(cast.reporter, number=incident.number, word=Confirmation(word="Slow."))
    facts = OutboxMessage.objects.get(kind="incident_closed", name="Agent").facts
    assert (facts["text"], facts["contest_until"]) == ("", "")


def test_everyone_is_told_in_their_own_language(cast: Cast, incident: Incident) -> None:
    Membership.objects.filter(pk=cast.affected.id).update(language="de", time_zone="Asia/Tokyo")
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    languages = {m.name: (m.language, m.time_zone) for m in OutboxMessage.objects.filter(kind="incident_resolved")}
    assert languages["Affected"] == ("de", "Asia/Tokyo")
    assert languages["Reporter"] == ("en", "Europe/Berlin")


def test_messages_stand_by_their_step(cast: Cast, incident: Incident) -> None:
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    actions.confirm(cast.reporter, number=incident.number, word=IT_WORKS)
    entries = {entry.id: entry for entry in trail_of(incident)}
    for message in OutboxMessage.objects.exclude(kind="incident_progressed"):
        record, entry_id, event, person_id, channel = message.dedupe.split(":")
        assert (record, int(person_id), channel) == ("incident", message.to_id, "mail")
        assert event == message.kind.replace("new", "reported")
        assert entries[int(entry_id)].kind.split(".")[1] in event.replace("closed", "confirmed")


def test_the_same_notice_twice_is_one_message(cast: Cast, incident: Incident) -> None:
    actions.resolve(cast.agent, number=incident.number, resolution=FIXED)
    entry = TrailEntry.objects.get(kind="incident.resolved")
    solution = Message.objects.get(kind=Message.Kind.SOLUTION)
    before = OutboxMessage.objects.count()
    announce(Notice("incident_resolved", entry, Incident.objects.get(pk=incident.pk), cast.agent, solution))
    assert OutboxMessage.objects.count() == before


def test_every_event_has_its_templates() -> None:
    for kind in [NEWS, *(TEMPLATE.get(event, event) for event in AUDIENCE)]:
        for ending in ("subject.txt", "txt", "html", "line.txt"):
            assert get_template(f"mail/{kind}.{ending}")


def test_who_is_both_told_and_acting_gets_only_receipts(cast: Cast) -> None:
    made = actions.report(cast.agent, draft=Draft(title="Mine"))
    assert [m.kind for m in OutboxMessage.objects.all()] == ["incident_reported"]
    actions.take(cast.agent, number=made.number)
    actions.reply(cast.agent, number=made.number, text="To myself.")
    actions.resolve(cast.agent, number=made.number, resolution=FIXED)
    assert OutboxMessage.objects.count() == 1
    assert Incident.objects.get(pk=made.pk).status == Status.RESOLVED


def test_a_wait_that_ends_is_told_though_nobody_has_it(cast: Cast) -> None:
    made = actions.report(cast.reporter, draft=Draft(title="Smoke", service=cast.service))
    held = Hold(reason=HoldReason.SUPPLIER, text="Parts")
    assert "Reporter" in told(lambda: actions.hold(cast.lead, number=made.number, facts=held))
    assert "Reporter" in told(lambda: actions.resume(cast.lead, number=made.number))
