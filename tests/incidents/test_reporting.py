"""Report an incident, or log it for somebody: what the record then says, and who is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents import actions
from incidents.drafts import Draft, Intake
from incidents.lifecycle import Status
from incidents.models import Attachment, DeskRules, Incident, Involvement, NumberCounter
from incidents.priority import Impact, Priority, Risk, Urgency
from notifications.models import OutboxMessage
from tenancy.drafts import Profile
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.wall import bound
from tests.factories import MembershipFactory
from tests.incidents.conftest import Cast
from tests.incidents.factories import ServiceFactory, person, reported
from tests.incidents.watching import as_it_is, everything, posted, replayed, trail_of

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_report_makes_the_whole_record(cast: Cast) -> None:
    draft = Draft(
        title="The printer is on fire",
        description="Since noon.",
        occurred_at=AT - timedelta(hours=2),
        occurred_roughly=True,
        urgency=Urgency.HIGH,
        impact=Impact.DEPARTMENT,
        service=cast.service,
        error_code="E-451",
    )
    made = actions.report(cast.reporter, draft=draft, at=AT)
    incident = Incident.objects.get(pk=made.pk)
    assert incident.label == "INC-1001"
    assert (incident.title, incident.description, incident.error_code) == (
        "The printer is on fire",
        "Since noon.",
        "E-451",
    )
    assert (incident.occurred_at, incident.occurred_roughly) == (AT - timedelta(hours=2), True)
    assert (incident.reported_at, incident.updated_at) == (AT, AT)
    assert (incident.reporter_id, incident.logged_by_id) == (cast.reporter.id, cast.reporter.id)
    assert (incident.source, incident.status) == (Incident.Source.PORTAL, Status.NEW)
    assert (incident.service, incident.team, incident.assignee) == (cast.service, cast.team, None)
    assert (incident.impact, incident.urgency) == (Impact.DEPARTMENT, Urgency.HIGH)
    assert (incident.risk, incident.priority) == (Risk.LOW, Priority.P2)
    assert replayed(incident) == as_it_is(incident)


def test_when_nothing_is_said_it_happened_now_and_nobody_has_it(reporter: Member) -> None:
    incident = reported(reporter, AT)
    assert (incident.occurred_at, incident.occurred_roughly, incident.team_id) == (AT, False, None)


def test_the_organisations_own_matrix_sets_the_priority(reporter: Member) -> None:
    rules = DeskRules.objects.get()
    rules.matrix["person"]["low"] = "P1"
    rules.save()
    assert reported(reporter, urgency=Urgency.LOW).priority == Priority.P1


def test_numbers_count_up_without_gaps_in_each_organisation(
    reporter: Member, quill: Organisation, member: Callable[..., Member]
) -> None:
    assert [reported(reporter).number for _ in range(3)] == [1001, 1002, 1003]
    theirs = member(organisation=quill)
    with bound(quill.id):
        assert [reported(theirs).number for _ in range(2)] == [1001, 1002]
    assert reported(reporter).number == 1004


def test_numbers_start_even_without_a_counter(reporter: Member) -> None:
    assert NumberCounter.objects.update(last_number=7) == 1
    assert reported(reporter).number == 8


def test_the_reporter_gets_a_receipt(reporter: Member) -> None:
    incident = reported(reporter, AT)
    message = OutboxMessage.objects.get()
    assert posted() == [("incident_reported", reporter.name, "reporter")]
    assert (message.to_id, message.record, message.thread) == (reporter.id, "INC-1001", "incident-1001")
    assert message.due_at == AT
    assert message.dedupe == f"incident:{trail_of(incident)[0].id}:incident_reported:{reporter.id}:mail"
    assert message.facts["links"] == {}


def test_logging_for_somebody_tells_them_not_the_agent(cast: Cast) -> None:
    intake = Intake(
        reporter=person(cast.reporter),
        source=Incident.Source.PHONE,
        affected=(person(cast.affected), person(cast.affected)),
    )
    incident = actions.log(cast.agent, draft=Draft(title="No dial tone"), intake=intake, at=AT)
    assert (incident.reporter_id, incident.logged_by_id) == (cast.reporter.id, cast.agent.id)
    assert incident.source == Incident.Source.PHONE
    assert [(one.membership_id, one.part) for one in Involvement.objects.all()] == [(cast.affected.id, "affected")]
    assert posted() == [("incident_reported", cast.reporter.name, "reporter")]
    (entry,) = trail_of(incident)
    assert (entry.kind, entry.actor_id, entry.facts["reporter_id"]) == (
        "incident.reported",
        cast.agent.id,
        cast.reporter.id,
    )
    assert replayed(incident) == as_it_is(incident)


def test_logging_for_somebody_unknown_makes_a_contact(agent: Member) -> None:
    intake = Intake(
        reporter=Profile(name="Ilse Wren", mail="ilse@elsewhere.example", phone="+49 30 1"),
        source=Incident.Source.WALK_IN,
    )
    incident = actions.log(agent, draft=Draft(title="No badge"), intake=intake)
    ilse = Membership.objects.get(pk=incident.reporter_id)
    assert (ilse.name, ilse.mail, ilse.phone, ilse.person_id) == (
        "Ilse Wren",
        "ilse@elsewhere.example",
        "+49 30 1",
        None,
    )
    assert posted() == [("incident_reported", "Ilse Wren", "reporter")]


def test_who_has_no_address_is_not_written_to(agent: Member) -> None:
    walker = MembershipFactory(person=None, mail="", name="Wanda Walker")
    intake = Intake(reporter=walker, source=Incident.Source.WALK_IN)
    actions.log(agent, draft=Draft(title="No badge"), intake=intake)
    assert posted() == []


def test_a_sources_reference_is_good_for_one_incident(cast: Cast) -> None:
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.MONITORING, source_reference="alert-7")
    first = actions.log(cast.agent, draft=Draft(title="Disk full"), intake=intake)
    before = everything()
    assert actions.log(cast.agent, draft=Draft(title="Disk full, again"), intake=intake) == first
    assert everything() == before
    elsewhere = Intake(reporter=person(cast.reporter), source=Incident.Source.API, source_reference="alert-7")
    assert actions.log(cast.agent, draft=Draft(title="Disk full"), intake=elsewhere) != first


def test_what_comes_back_after_it_was_over_is_reported_anew(cast: Cast) -> None:
    def again() -> Incident:
        return actions.report(cast.reporter, draft=Draft(title="Disk full"), source_reference="disk-7")

    first = again()
    assert again() == first
    actions.withdraw(cast.reporter, number=first.number)
    second = again()
    assert (second.number, again()) == (first.number + 1, second)


def test_a_reference_reaches_nobody_elses_incident(cast: Cast) -> None:
    def reports(member: Member) -> Incident:
        return actions.report(member, draft=Draft(title="Disk full"), source_reference="disk-7")

    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PORTAL, source_reference="disk-7")
    logged = actions.log(cast.agent, draft=Draft(title="Disk full"), intake=intake)
    brought = [logged, *(reports(one) for one in (cast.reporter, cast.bystander, cast.mate))]
    assert len({one.number for one in brought}) == 4
    assert not any(one.was_known for one in brought)


def test_the_contact_of_a_known_reference_is_not_made_again(agent: Member) -> None:
    intake = Intake(reporter=Profile(name="Sensor 4"), source=Incident.Source.MONITORING, source_reference="alert-7")
    for _ in range(2):
        actions.log(agent, draft=Draft(title="Disk full"), intake=intake)
    assert Membership.objects.filter(name="Sensor 4").count() == 1


@pytest.mark.parametrize(
    "name", ["reporter", "stakeholder", "outside_agent", "other_lead", "problem_manager", "auditor", "administrator"]
)
def test_who_may_not_log(cast: Cast, name: str) -> None:
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    before = everything()
    with pytest.raises(Denied):
        actions.log(cast.members()[name], draft=Draft(title="Smoke", service=cast.service), intake=intake)
    assert everything() == before


@pytest.mark.parametrize("name", ["agent", "mate", "lead", "team_lead", "manager"])
def test_who_may_log(cast: Cast, name: str) -> None:
    intake = Intake(reporter=person(cast.reporter), source=Incident.Source.PHONE)
    assert actions.log(cast.members()[name], draft=Draft(title="Smoke", service=cast.service), intake=intake).pk


def test_everyone_may_report(cast: Cast) -> None:
    for name, member in cast.members().items():
        assert reported(member, title=name).reporter_id == member.id


def test_files_go_with_the_report(cast: Cast) -> None:
    kept = actions.keep(cast.reporter, uploads=[SimpleUploadedFile("smoke.txt", b"black")])
    incident = reported(cast.reporter, attachments=(kept[0].uuid,))
    attachment = Attachment.objects.get()
    assert (attachment.incident_id, attachment.internal, attachment.message_id) == (incident.pk, False, None)
    assert TrailEntry.objects.get(kind="incident.reported").facts["attachments"] == [str(kept[0].uuid)]


def test_a_service_without_a_team_leaves_it_to_the_desk(reporter: Member) -> None:
    assert reported(reporter, service=ServiceFactory(owner_team=None)).team_id is None
