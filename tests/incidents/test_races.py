"""Two at once, on two connections: one clean outcome, and whoever came second is told who was first.

The first one acts and does not commit yet; the second starts meanwhile and has to wait. Then the first commits.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from queue import Queue
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from incidents import actions
from incidents.actions import renewing, step
from incidents.actions.finishing import finish
from incidents.actions.promises import add_policy, change_policy
from incidents.drafts import Draft, Intake, PolicyDraft
from incidents.lifecycle import Refused, Status, Verb
from incidents.models import Attachment, Incident, NumberCounter
from incidents.priority import Priority
from incidents.sla import Targets
from incidents.words import explain
from notifications.models import OutboxMessage
from tenancy.actions.calendars import add_calendar
from tenancy.actions.people import leave
from tenancy.actions.standing import hold_organisation
from tenancy.drafts import CalendarDraft, Profile
from tenancy.members import Member
from tenancy.models import Calendar, Membership, Organisation, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests import database
from tests.incidents.factories import FIXED, IT_WORKS, QUESTION, brought_to, person, reported

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0
Act = Callable[[], Any]


class Second(threading.Thread):
    """Somebody else, on a connection of their own."""

    def __init__(self, organisation: Organisation, act: Act) -> None:
        super().__init__(daemon=True)
        self.organisation = organisation
        self.act = act
        self.backend: Queue[int] = Queue()
        self.outcome: Any = None
        self.start()

    def run(self) -> None:
        try:
            with bound(self.organisation.id):
                self.backend.put(connection.connection.info.backend_pid)
                self.outcome = self.act()
        except Exception as error:
            self.outcome = error
        finally:
            connection.close()

    def wait_until_it_waits(self) -> None:
        """Return once PostgreSQL lets it wait for a lock; fail when it runs through instead."""
        backend = self.backend.get(timeout=PATIENCE)
        until = time.monotonic() + PATIENCE
        with database.owner() as watching:
            while time.monotonic() < until:
                asked = watching.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND NOT granted", [backend])
                if asked.fetchone():
                    return
                assert self.is_alive(), f"it did not wait: {self.outcome!r}"
                time.sleep(0.01)
        raise AssertionError("it neither waited nor ended")

    def end(self) -> Any:
        """What came of it in the end."""
        self.join(PATIENCE)
        assert not self.is_alive()
        return self.outcome


def race(organisation: Organisation, first: Act, second: Act) -> Any:
    """Let the first act, the second start, and the first commit; return what came of the second."""
    with bound(organisation.id):
        first()
        other = Second(organisation, second)
        other.wait_until_it_waits()
    return other.end()


def at_once(organisation: Organisation, *acts: Act) -> list[Any]:
    """Let all start in the same moment, in any order; return what came of each."""
    gate = threading.Barrier(len(acts))

    def behind_the_gate(act: Act) -> Act:
        def run() -> Any:
            gate.wait(PATIENCE)
            return act()

        return run

    others = [Second(organisation, behind_the_gate(act)) for act in acts]
    return [other.end() for other in others]


def words(outcome: Any) -> str:
    assert isinstance(outcome, Refused), repr(outcome)
    return explain(outcome)


@pytest.fixture
def people(member: Callable[..., Member]) -> dict[str, Member]:
    """Committed, so that every connection sees them."""
    return {
        "reporter": member(name="Ada Marsh"),
        "agent": member("agent", name="Ben Okoro"),
        "other": member("agent", name="Chloe Winter"),
        "administrator": member("administrator", name="Dario Lund"),
    }


@pytest.fixture
def incident(harbour: Organisation, people: dict[str, Member]) -> Callable[[Status], Incident]:
    """Bring an incident to a status, and commit."""

    def bring(status: Status) -> Incident:
        with bound(harbour.id):
            return brought_to(status, people["reporter"], people["agent"])

    return bring


def end_of(organisation: Organisation, number: int) -> tuple[Incident, list[str], list[str]]:
    """How it stands at last, with its trail and what was posted about its end."""
    with bound(organisation.id):
        found = Incident.objects.select_related("assignee").get(number=number)
        kinds = TrailEntry.objects.filter(record="incident", record_id=found.pk).order_by("id")
        posted = OutboxMessage.objects.filter(record=found.label).exclude(kind="incident_reported").order_by("id")
        return found, [entry.kind for entry in kinds], [message.kind for message in posted]


def test_two_agents_take_it(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.NEW).number
    said = race(
        harbour,
        lambda: actions.take(people["agent"], number=number),
        lambda: actions.take(people["other"], number=number),
    )
    assert words(said) == "“Take it” is not possible: the incident is in progress. Ben Okoro was first."
    found, kinds, _posted = end_of(harbour, number)
    assert found.assignee_id == people["agent"].id
    assert kinds == ["incident.reported", "incident.taken"]


def test_two_agents_resolve_it(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.IN_PROGRESS).number
    said = race(
        harbour,
        lambda: actions.resolve(people["other"], number=number, resolution=FIXED),
        lambda: actions.resolve(people["agent"], number=number, resolution=FIXED),
    )
    assert words(said) == "“Resolve” is not possible: the incident is resolved. Chloe Winter was first."
    found, kinds, posted = end_of(harbour, number)
    assert (found.status, found.resolved_by_id) == (Status.RESOLVED, people["other"].id)
    assert kinds[2:] == ["incident.resolved"]
    assert posted == ["incident_resolved"]


@pytest.mark.parametrize("confirms_first", [True, False])
def test_a_reject_races_a_confirm(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident], confirms_first: bool
) -> None:
    number, reporter = incident(Status.RESOLVED).number, people["reporter"]
    acts: list[Act] = [
        lambda: actions.confirm(reporter, number=number, word=IT_WORKS),
        lambda: actions.reject(reporter, number=number, text="Still smoke."),
    ]
    said = words(race(harbour, *(acts if confirms_first else acts[::-1])))
    found, kinds, posted = end_of(harbour, number)
    if confirms_first:
        assert said.startswith("“Still broken” is not possible: the incident is closed.")
        assert (found.status, found.reopened_count) == (Status.CLOSED, 0)
        assert (kinds[-1], posted[1:]) == ("incident.confirmed", ["incident_closed"])
    else:
        assert said.startswith("“It works” is not possible: the incident is in progress.")
        assert (found.status, found.reopened_count, found.ending) == (Status.IN_PROGRESS, 1, "")
        assert (kinds[-1], posted[1:]) == ("incident.rejected", ["incident_reopened"])
    assert said.endswith("You have changed it yourself meanwhile.")
    assert len(kinds) == 3


@pytest.mark.parametrize("confirms_first", [True, False])
def test_staff_close_while_the_reporter_confirms(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident], confirms_first: bool
) -> None:
    number = incident(Status.RESOLVED).number
    acts: list[Act] = [
        lambda: actions.confirm(people["reporter"], number=number, word=IT_WORKS),
        lambda: actions.close(people["agent"], number=number, ending="phone"),
    ]
    said = words(race(harbour, *(acts if confirms_first else acts[::-1])))
    found, _kinds, posted = end_of(harbour, number)
    assert found.ending == ("confirmed" if confirms_first else "phone")
    assert bool(found.contest_until) is not confirms_first
    assert said.endswith("Ada Marsh was first." if confirms_first else "Ben Okoro was first.")
    assert posted.count("incident_closed") == 1


def test_an_answer_after_a_resume_is_still_heard(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.IN_PROGRESS).number
    with bound(harbour.id):
        actions.hold(people["agent"], number=number, facts=QUESTION)
    outcome = race(
        harbour,
        lambda: actions.resume(people["agent"], number=number),
        lambda: actions.comment(people["reporter"], number=number, text="Red."),
    )
    assert outcome.text == "Red."
    found, kinds, _posted = end_of(harbour, number)
    assert found.status == Status.IN_PROGRESS
    assert kinds[-2:] == ["incident.resumed", "incident.commented"]


def test_a_resume_after_an_answer_is_too_late(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.IN_PROGRESS).number
    with bound(harbour.id):
        actions.hold(people["agent"], number=number, facts=QUESTION)
    said = race(
        harbour,
        lambda: actions.comment(people["reporter"], number=number, text="Red."),
        lambda: actions.resume(people["agent"], number=number),
    )
    assert words(said) == "“Resume” is not possible: the incident is in progress. Ada Marsh was first."
    assert end_of(harbour, number)[1][-1] == "incident.answered"


def test_of_two_that_are_called_duplicates_of_each_other_one_goes_on(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    def duplicate(number: int, original: int) -> Incident:
        agent = people["agent"]
        return actions.cancel(agent, number=number, ending="duplicate", text="Same.", duplicate_of=original)

    for _turn in range(3):
        one, other = incident(Status.NEW).number, incident(Status.NEW).number
        told = at_once(harbour, partial(duplicate, one, other), partial(duplicate, other, one))
        (refusal,) = (outcome for outcome in told if not isinstance(outcome, Incident))
        assert words(refusal) == "Name the incident that goes on: another one, not itself cancelled."
        assert {end_of(harbour, number)[0].status for number in (one, other)} == {Status.CANCELLED, Status.NEW}


def test_two_numbers_at_once(harbour: Organisation, people: dict[str, Member]) -> None:
    made: list[Incident] = []
    second = race(
        harbour,
        lambda: made.append(reported(people["reporter"], title="One")),
        lambda: reported(people["agent"], title="Two"),
    )
    assert [made[0].number, second.number] == [1001, 1002]


def test_many_numbers_at_once_have_no_gaps_and_no_twins(harbour: Organisation, people: dict[str, Member]) -> None:
    outcomes = at_once(harbour, *[lambda: reported(people["reporter"])] * 5)
    assert sorted(incident.number for incident in outcomes) == [1001, 1002, 1003, 1004, 1005]
    with bound(harbour.id):
        assert NumberCounter.objects.get().last_number == 1005


def test_a_number_that_was_not_committed_is_given_again(harbour: Organisation, people: dict[str, Member]) -> None:
    class Oops(Exception):
        """Something failed after the report."""

    def report_and_fail() -> None:
        with bound(harbour.id):
            reported(people["reporter"])
            raise Oops

    with pytest.raises(Oops):
        report_and_fail()
    with bound(harbour.id):
        assert reported(people["reporter"]).number == 1001
        assert OutboxMessage.objects.count() == 1


def test_one_alert_twice_at_once_is_one_incident(harbour: Organisation, people: dict[str, Member]) -> None:
    with bound(harbour.id):
        intake = Intake(reporter=person(people["reporter"]), source="monitoring", source_reference="alert-7")

    def log() -> Incident:
        return actions.log(people["agent"], draft=Draft(title="Disk full"), intake=intake)

    made: list[Incident] = []
    second = race(harbour, lambda: made.append(log()), log)
    assert second == made[0]
    with bound(harbour.id):
        assert Incident.objects.count() == OutboxMessage.objects.count() == 1
        assert reported(people["reporter"]).number == 1002


def test_an_alert_and_a_not_so_at_once(harbour: Organisation, people: dict[str, Member]) -> None:
    def alert() -> Incident:
        return actions.report(people["reporter"], draft=Draft(title="Disk full"), source_reference="disk-7")

    with bound(harbour.id):
        older = alert()
        actions.cancel(people["agent"], number=older.number, ending="not_incident", text="Just a test.")
    race(harbour, alert, lambda: actions.contest(people["reporter"], number=older.number, text="It was none."))
    with bound(harbour.id):
        assert list(Incident.objects.order_by("number").values_list("source_reference", "status")) == [
            ("", Status.NEW),
            ("disk-7", Status.NEW),
        ]


def test_a_file_sent_twice_at_once_belongs_to_one_record(harbour: Organisation, people: dict[str, Member]) -> None:
    reporter = people["reporter"]
    with bound(harbour.id):
        number = reported(reporter).number
        uuid = actions.keep(reporter, uploads=[SimpleUploadedFile("lamp.txt", b"red")])[0].uuid
    made: list[Incident] = []
    race(
        harbour,
        lambda: made.append(reported(reporter, attachments=(uuid,))),
        lambda: actions.comment(reporter, number=number, text="See here.", attachments=[uuid]),
    )
    with bound(harbour.id):
        attachment = Attachment.objects.get()
        assert (attachment.incident_id, attachment.message_id) == (made[0].pk, None)


def test_a_file_that_was_handed_in_meanwhile_is_not_discarded(harbour: Organisation, people: dict[str, Member]) -> None:
    reporter = people["reporter"]
    with bound(harbour.id):
        uuid = actions.keep(reporter, uploads=[SimpleUploadedFile("lamp.txt", b"red")])[0].uuid
    race(
        harbour,
        lambda: reported(reporter, attachments=(uuid,)),
        lambda: actions.discard(reporter, uuid=uuid),
    )
    with bound(harbour.id):
        attachment = Attachment.objects.get()
        assert attachment.file.storage.exists(attachment.file.name)


def test_who_leaves_meanwhile_gets_nothing(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.NEW).number
    with bound(harbour.id):
        leaver = person(people["other"])
    said = race(
        harbour,
        lambda: leave(people["administrator"], membership=leaver),
        lambda: actions.assign(people["agent"], number=number, assignee=leaver),
    )
    assert words(said) == "Chloe Winter can't work on this team's incidents."
    assert end_of(harbour, number)[0].assignee is None


def test_who_gets_something_and_leaves_gives_it_back(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.NEW).number
    with bound(harbour.id):
        leaver = person(people["other"])
    outcome = race(
        harbour,
        lambda: actions.assign(people["agent"], number=number, assignee=leaver),
        lambda: leave(people["administrator"], membership=leaver),
    )
    assert outcome is None
    found, kinds, _posted = end_of(harbour, number)
    assert (found.assignee, found.status) == (None, Status.NEW)
    assert kinds == ["incident.reported", "incident.assigned", "incident.handed_over"]


def test_what_somebody_reports_before_they_leave_passes_on(harbour: Organisation, people: dict[str, Member]) -> None:
    with bound(harbour.id):
        leaver = person(people["reporter"])
        Membership.objects.filter(pk=leaver.pk).update(manager=people["other"].id)
    outcome = race(
        harbour,
        lambda: reported(people["reporter"]),
        lambda: leave(people["administrator"], membership=leaver),
    )
    assert outcome is None
    with bound(harbour.id):
        assert Incident.objects.get().reporter_id == people["other"].id


def test_nothing_is_logged_for_somebody_who_leaves_meanwhile(harbour: Organisation, people: dict[str, Member]) -> None:
    with bound(harbour.id):
        leaver = person(people["reporter"])
    said = race(
        harbour,
        lambda: leave(people["administrator"], membership=leaver),
        lambda: actions.log(people["agent"], draft=Draft(title="Mute"), intake=Intake(reporter=leaver, source="phone")),
    )
    assert isinstance(said, NotPossible)
    assert str(said) == "Ada Marsh has left."
    with bound(harbour.id):
        assert not Incident.objects.exists()


def test_a_new_contact_logged_twice_at_once_is_one(harbour: Organisation, people: dict[str, Member]) -> None:
    intake = Intake(reporter=Profile(name="Ola", mail="ola@far.example"), source="phone")

    def log() -> Incident:
        return actions.log(people["agent"], draft=Draft(title="Mute"), intake=intake)

    assert str(race(harbour, log, log)) == "Somebody here has this mail address already."
    with bound(harbour.id):
        assert Incident.objects.count() == 1


def test_a_step_under_way_ends_while_its_doer_leaves(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.IN_PROGRESS).number
    with bound(harbour.id):
        leaver = person(people["agent"])
    with bound(harbour.id):
        under_way = step.begin(people["agent"], number, Verb.DIAGNOSE, given={"root cause"})
        leaving = Second(harbour, lambda: leave(people["administrator"], membership=leaver))
        leaving.wait_until_it_waits()
        finish(under_way)
    assert leaving.end() is None
    assert end_of(harbour, number)[1][-2:] == ["incident.diagnosed", "incident.handed_over"]


def test_who_had_to_wait_comes_later_on_the_trail(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.NEW).number

    def say(who: str) -> None:
        actions.note(people[who], number=number, text="Looking.")
        time.sleep(0.05)

    race(harbour, lambda: say("agent"), lambda: say("other"))
    with bound(harbour.id):
        one, two = TrailEntry.objects.filter(kind="incident.noted").order_by("id")
        assert (two.at - one.at).total_seconds() >= 0.05


def test_still_broken_while_the_agent_leaves(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.RESOLVED).number
    with bound(harbour.id):
        leaver = person(people["agent"])
    outcome = race(
        harbour,
        lambda: actions.reject(people["reporter"], number=number, text="Smoke."),
        lambda: leave(people["administrator"], membership=leaver),
    )
    assert outcome is None
    found, _kinds, _posted = end_of(harbour, number)
    assert (found.assignee, found.status) == (None, Status.NEW)


def test_what_is_reported_while_promises_change_is_promised_one_thing(
    harbour: Organisation, people: dict[str, Member]
) -> None:
    """By what holds once the change is there; and what is reported first keeps what held then."""

    def draft(minutes: int) -> PolicyDraft:
        targets: Targets = {priority: {"resolution": minutes} for priority in Priority}
        return PolicyDraft(name="Swift", calendar=Calendar.objects.get(), targets=targets)

    administrator = people["administrator"]
    with bound(harbour.id):
        policy = add_policy(administrator, draft=draft(7))
    report = partial(reported, people["reporter"])
    found = race(harbour, lambda: change_policy(administrator, policy=policy, draft=draft(11)), report)
    first: list[Incident] = []
    race(harbour, lambda: first.append(report()), lambda: change_policy(administrator, policy=policy, draft=draft(13)))
    with bound(harbour.id):
        for incident, minutes in ((found, 11), (first[0], 11)):
            actions.take(people["agent"], number=incident.number)
            assert incident.clocks.get(measure="resolution").target == minutes


def test_a_calendar_is_made_while_somebody_leaves_and_reports(harbour: Organisation, people: dict[str, Member]) -> None:
    """All three wait for each other's rows, in one order."""
    always = CalendarDraft(name="Always", zone="UTC", always=True)
    with bound(harbour.id):
        hold_organisation()  # where leaving begins
        calendar = Second(harbour, lambda: add_calendar(people["administrator"], draft=always))
        calendar.wait_until_it_waits()
        report = Second(harbour, partial(reported, people["reporter"]))
        report.join(PATIENCE)
        leave(people["administrator"], membership=person(people["reporter"]))
    assert isinstance(calendar.end(), Calendar)
    assert isinstance(report.end(), Incident)


def test_promises_are_renewed_once(
    harbour: Organisation, people: dict[str, Member], incident: Callable[[Status], Incident]
) -> None:
    number = incident(Status.IN_PROGRESS).pk
    with bound(harbour.id):
        targets: Targets = {priority: {"resolution": 7} for priority in Priority}
        add_policy(
            people["administrator"], draft=PolicyDraft(name="Swift", calendar=Calendar.objects.get(), targets=targets)
        )
    renew = partial(renewing.renew, people["administrator"])
    assert race(harbour, renew, renew) == 0
    with bound(harbour.id):
        assert TrailEntry.objects.filter(record_id=number, kind="incident.promises_renewed").count() == 1
