"""Silence: a hold that ends at its date, reminders, and closing what was solved and never answered."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidents import actions
from incidents.actions import timing
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason, Status
from incidents.models import EscalationPolicy, Incident, Timer
from incidents.silence import business_days_after
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.calendars import add_business_days
from tenancy.hours import Calendar, Hours
from tenancy.models import Calendar as OrganisationsCalendar
from tenancy.models import Membership, TrailEntry
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, QUESTION, SUPPLIER, brought_to, reported

DAY = timedelta(days=1)
OFFICE = Calendar("Europe/Berlin", tuple(Hours(day, time(8), timedelta(hours=10)) for day in range(5)))
# A Monday.
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


class TestBusinessDays:
    """The pure function."""

    @pytest.mark.parametrize(
        ("start", "days", "then"),
        [
            (berlin(2026, 3, 2, 10), 2, berlin(2026, 3, 4, 10)),
            (berlin(2026, 3, 5, 10), 2, berlin(2026, 3, 9, 10)),
            (berlin(2026, 3, 7, 10), 2, berlin(2026, 3, 11, 8)),
            (berlin(2026, 3, 2, 22), 1, berlin(2026, 3, 4, 8)),
            (berlin(2026, 3, 2, 5), 1, berlin(2026, 3, 3, 8)),
            (berlin(2026, 3, 27, 10), 2, berlin(2026, 3, 31, 10)),
            (berlin(2026, 10, 23, 10), 2, berlin(2026, 10, 27, 10)),
        ],
        ids=["week", "weekend", "from Saturday", "late evening", "early morning", "summer time", "winter time"],
    )
    def test_the_same_time_of_day(self, start: datetime, days: int, then: datetime) -> None:
        assert business_days_after(start, days, OFFICE) == then

    def test_a_holiday_is_none(self) -> None:
        closed = Calendar(OFFICE.zone, OFFICE.week, frozenset({date(2026, 3, 3)}))
        assert business_days_after(berlin(2026, 3, 2, 10), 2, closed) == berlin(2026, 3, 5, 10)

    def test_round_the_clock_every_day_is_one(self) -> None:
        start = datetime(2026, 3, 6, 23, tzinfo=UTC)
        assert business_days_after(start, 2, Calendar("UTC", always=True)) == start + 2 * DAY

    def test_within_office_hours_it_is_what_people_count(self) -> None:
        for hour in range(0, 24 * 21, 5):
            start = MONDAY + timedelta(hours=hour)
            if 8 <= start.astimezone(ZoneInfo("Europe/Berlin")).hour < 18 and start.weekday() < 5:
                assert business_days_after(start, 5, OFFICE) == add_business_days(start, 5, "Europe/Berlin")


@pytest.mark.django_db
class TestWhatBecomesOfIt:
    """Through the engine."""

    @pytest.fixture(autouse=True)
    def nobody_is_called(self, cast: Cast) -> None:
        EscalationPolicy.objects.update(is_active=False)

    def wake(self, cast: Cast) -> None:
        """As when the next moment has come, and no further."""
        timer = Timer.objects.get()
        moved = timer.due_at - clock.now() + timedelta(seconds=1)
        for incident in Incident.objects.all():
            for name in ("hold_until", "remind_at", "closes_at"):
                if at := getattr(incident, name):
                    Incident.objects.filter(pk=incident.pk).update(**{name: at - moved})
        Timer.objects.update(due_at=clock.now() - timedelta(seconds=1))
        assert timing.CLAIMS.attend_batch(cast.reporter.organisation_id) == 1

    def kinds(self) -> list[str]:
        return [entry.kind.partition(".")[2] for entry in TrailEntry.objects.filter(record="incident").order_by("id")]

    def letters(self, kind: str) -> list[OutboxMessage]:
        return list(OutboxMessage.objects.filter(kind=kind).order_by("id"))

    def test_a_hold_ends_at_its_date_and_the_agent_hears_of_it(self, cast: Cast) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
        until = clock.now() + 3 * DAY
        facts = Hold(reason=HoldReason.SCHEDULED, text="", until=until)
        actions.hold(cast.agent, number=incident.number, facts=facts)
        assert Timer.objects.get().due_at == until
        self.wake(cast)
        found = Incident.objects.get()
        assert (found.status, found.hold_reason, found.hold_until) == (Status.IN_PROGRESS, "", None)
        assert self.kinds()[-1] == "resumed"
        assert TrailEntry.objects.get(kind="incident.resumed").actor is None
        assert [one.name for one in self.letters("incident_resumed")] == [cast.agent.name]
        assert {one.state for one in found.clocks.exclude(measure="response")} == {"runs"}

    def test_whom_nobody_has_is_new_again(self, cast: Cast) -> None:
        incident = reported(cast.reporter)
        facts = Hold(reason=HoldReason.SUPPLIER, text="", until=clock.now() + DAY)
        actions.hold(cast.agent, number=incident.number, facts=facts)
        self.wake(cast)
        assert Incident.objects.get().status == Status.NEW

    def test_a_question_is_asked_again_once(self, cast: Cast) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY)
        actions.hold(cast.agent, number=incident.number, facts=QUESTION, at=MONDAY)
        assert Incident.objects.get().remind_at == MONDAY + 2 * DAY
        self.wake(cast)
        assert self.kinds()[-1] == "reminded"
        asked, again = self.letters("incident_question")
        assert (again.name, again.facts["reminder"], again.facts["text"]) == (
            cast.reporter.name, True, QUESTION.text,
        )  # fmt: skip
        assert again.facts["links"].keys() == asked.facts["links"].keys() == {"answer"}
        assert again.facts["actor_name"] == cast.agent.name
        assert Incident.objects.get().remind_at is None
        assert not Timer.objects.exists(), "it is said once, and then it waits"

    def test_a_hold_for_others_reminds_nobody(self, cast: Cast) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY)
        actions.hold(cast.agent, number=incident.number, facts=SUPPLIER, at=MONDAY)
        assert Incident.objects.get().remind_at is None

    def test_an_answer_ends_the_waiting(self, cast: Cast) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY)
        actions.hold(cast.agent, number=incident.number, facts=QUESTION, at=MONDAY)
        actions.comment(cast.reporter, number=incident.number, text="Red.", at=MONDAY + DAY)
        assert Incident.objects.get().remind_at is None

    def test_silence_after_a_solution_is_reminded_of_and_then_closes(self, cast: Cast) -> None:
        incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=MONDAY)
        found = Incident.objects.get()
        assert (found.remind_at, found.closes_at) == (MONDAY + 2 * DAY, MONDAY + 7 * DAY)
        (letter,) = [one for one in self.letters("incident_resolved") if one.name == cast.reporter.name]
        assert letter.facts["closes_at"] == (MONDAY + 7 * DAY).isoformat(), "the mail says the date"
        self.wake(cast)
        assert self.kinds()[-1] == "reminded"
        again = self.letters("incident_resolved")[-1]
        assert again.facts["links"].keys() == {"confirm", "reject"}
        assert (again.facts["reminder"], bool(again.facts["closes_at"])) == (True, True)
        self.wake(cast)
        found = Incident.objects.get(pk=incident.pk)
        assert (found.status, found.ending, found.closes_at) == (Status.CLOSED, "silence", None)
        assert self.kinds()[-1] == "closed_by_silence"
        told = {one.name: one.facts["silence"] for one in self.letters("incident_closed")}
        assert told == {cast.reporter.name: True, cast.agent.name: True}
        assert not Timer.objects.exists()

    def test_a_major_one_is_never_closed_by_silence(self, cast: Cast) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY)
        Incident.objects.update(major_proposed_at=MONDAY)
        actions.resolve(cast.agent, number=incident.number, resolution=FIXED, at=MONDAY)
        assert Incident.objects.get().closes_at is None
        other = brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=MONDAY)
        Timer.objects.exclude(incident=other).delete()
        Incident.objects.filter(pk=other.pk).update(major_proposed_at=MONDAY, remind_at=None)
        self.wake(cast)
        assert Incident.objects.get(pk=other.pk).status == Status.RESOLVED

    def test_a_word_of_the_reporter_ends_it(self, cast: Cast) -> None:
        incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=MONDAY)
        actions.reject(cast.reporter, number=incident.number, text="Still smoke.", at=MONDAY + DAY)
        found = Incident.objects.get()
        assert (found.remind_at, found.closes_at) == (None, None)

    def test_who_writes_is_not_silent(self, cast: Cast) -> None:
        incident = brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=MONDAY)
        Incident.objects.update(remind_at=None, closes_at=None)  # as if nothing more were to come
        Timer.objects.all().delete()
        actions.comment(cast.reporter, number=incident.number, text="Not quite.", at=MONDAY + DAY)
        found = Incident.objects.get()
        assert (found.remind_at, found.closes_at) == (MONDAY + 3 * DAY, MONDAY + 8 * DAY)
        assert Timer.objects.get().due_at == found.remind_at

    def test_it_is_counted_on_the_requesters_own_clock(self, cast: Cast) -> None:
        Membership.objects.filter(pk=cast.reporter.id).update(time_zone="Pacific/Auckland")
        evening = datetime(2026, 3, 5, 16, 0, tzinfo=UTC)  # Friday, five in the morning there
        brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=evening)
        remind_at = Incident.objects.get().remind_at
        assert remind_at
        there = remind_at.astimezone(ZoneInfo("Pacific/Auckland"))
        assert (there.weekday(), there.hour) == (1, 8), "Tuesday, when people there begin"

    def test_without_hours_people_count_mondays_to_fridays(self, cast: Cast) -> None:
        OrganisationsCalendar.objects.update(is_default=False)
        brought_to(Status.RESOLVED, cast.reporter, cast.agent, at=MONDAY)
        assert Incident.objects.get().remind_at == MONDAY + 2 * DAY
