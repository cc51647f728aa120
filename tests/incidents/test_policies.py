"""Promises as administrators set them up: from a day on, never backwards, and never behind open incidents' backs."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from incidents import actions
from incidents.actions import renewing
from incidents.actions.configuring import furnish
from incidents.actions.promises import add_policy, change_policy, rest_policy
from incidents.drafts import PolicyDraft
from incidents.lifecycle import Status
from incidents.models import Clock, Incident, Policy, PolicyEdition, Timer
from incidents.queries import history_of
from incidents.winding import Recount, offers_to, wind
from tenancy import clock
from tenancy.actions.calendars import change_calendar
from tenancy.drafts import CalendarDraft
from tenancy.members import Denied, Member
from tenancy.models import Calendar, TrailEntry
from tenancy.openings import read_day
from tenancy.refusal import NotPossible
from tests.incidents.conftest import Cast
from tests.incidents.factories import SUPPLIER, brought_to, reported

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
SHORT: dict[str, dict[str, int | bool]] = {priority: {"response": 30, "resolution": 240} for priority in ("P4", "P5")}
PAGE = "/desk/promises/renew/"


@pytest.fixture(autouse=True)
def promises(bind: None) -> None:
    furnish()


@pytest.fixture
def admin(cast: Cast) -> Member:
    return cast.administrator


def draft(**other: Any) -> PolicyDraft:
    return PolicyDraft(**{"name": "Swift", "calendar": Calendar.objects.get(), "targets": SHORT, **other})


def stands(incident: Incident) -> dict[str, tuple[int, datetime | None]]:
    return {one.measure: (one.target, one.due_at) for one in Clock.objects.filter(incident=incident)}


class TestSaving:
    """The actions."""

    def test_it_holds_for_what_comes_and_not_for_what_is_there(self, cast: Cast, admin: Member) -> None:
        before = reported(cast.reporter, at=MONDAY, service=cast.service)
        was = stands(before)
        policy = add_policy(admin, draft=draft(service=cast.service), at=MONDAY + HOUR)
        actions.note(cast.agent, number=before.number, text="Hm.", at=MONDAY + 2 * HOUR)
        after = reported(cast.reporter, at=MONDAY + HOUR, service=cast.service)
        assert stands(before) == was
        assert stands(after)["response"] == (30, MONDAY + 1.5 * HOUR)
        assert TrailEntry.objects.get(kind="policy.added").record_id == policy.pk

    def test_from_a_day_on(self, cast: Cast, admin: Member) -> None:
        policy = add_policy(admin, draft=draft(), at=MONDAY)
        longer = {"P5": {"resolution": 500}}
        change_policy(admin, policy=policy, draft=draft(targets=longer, takes_effect=date(2026, 4, 1)), at=MONDAY)
        midnight = datetime(2026, 4, 1, tzinfo=ZoneInfo("Europe/Berlin"))
        held = PolicyEdition.objects.filter(policy=policy)
        assert [getattr(held.holding(at), "targets", None) for at in (midnight - HOUR, midnight)] == [SHORT, longer]
        sooner = draft(targets={"P5": {"resolution": 5}}, takes_effect=date(2026, 4, 1))
        change_policy(admin, policy=policy, draft=sooner, at=MONDAY)
        assert getattr(held.holding(midnight), "targets", None) == {"P5": {"resolution": 5}}, "saved last, it holds"

    def test_nothing_different_leaves_no_trace(self, admin: Member) -> None:
        policy = add_policy(admin, draft=draft(), at=MONDAY)
        change_policy(admin, policy=policy, draft=draft(), at=MONDAY + HOUR)
        assert PolicyEdition.objects.filter(policy=policy).count() == 1
        assert not TrailEntry.objects.filter(kind="policy.changed").exists()

    @pytest.mark.parametrize("day", [date(2026, 3, 2), date(2020, 1, 1)])
    def test_what_has_begun_stays(self, day: date, admin: Member) -> None:
        with pytest.raises(NotPossible, match="What has been promised stays"):
            add_policy(admin, draft=draft(takes_effect=day), at=MONDAY)

    def test_one_at_rest_promises_nothing_now_nor_later(self, cast: Cast, admin: Member) -> None:
        policy = add_policy(admin, draft=draft(service=cast.service), at=MONDAY)
        other = draft(service=cast.service, targets={"P5": {"response": 5}}, takes_effect=date(2026, 4, 1))
        change_policy(admin, policy=policy, draft=other, at=MONDAY)
        incident = reported(cast.reporter, at=MONDAY, service=cast.service)
        rest_policy(admin, policy=policy, at=MONDAY + HOUR)
        with pytest.raises(NotPossible, match="already"):
            rest_policy(admin, policy=policy, at=MONDAY + HOUR)
        assert stands(incident)["response"][0] == 30
        for at in (MONDAY + HOUR, datetime(2026, 5, 4, 9, tzinfo=UTC)):
            assert stands(reported(cast.reporter, at=at, service=cast.service))["response"][0] != 30
        change_policy(admin, policy=policy, draft=draft(service=cast.service), at=MONDAY + 2 * HOUR)
        assert stands(reported(cast.reporter, at=MONDAY + 2 * HOUR, service=cast.service))["response"][0] == 30

    def test_only_administrators(self, cast: Cast, admin: Member) -> None:
        policy = add_policy(admin, draft=draft(), at=MONDAY)
        mine = draft(name="Mine")
        attempts: list[Callable[[Member], object]] = [
            lambda member: add_policy(member, draft=mine),
            lambda member: change_policy(member, policy=policy, draft=mine),
            lambda member: rest_policy(member, policy=policy),
            renewing.renew,
        ]
        for name, member in cast.members().items():
            for attempt in attempts if name != "administrator" else ():
                with pytest.raises(Denied):
                    attempt(member)

    def test_names_are_told_apart(self, admin: Member) -> None:
        add_policy(admin, draft=draft(), at=MONDAY)
        with pytest.raises(NotPossible, match="“Swift” already"):
            add_policy(admin, draft=draft(), at=MONDAY)


class TestApplyingToOpenOnes:
    """Only when it is asked for, and then with every pause."""

    def test_it_counts_from_the_report_and_keeps_the_pauses(self, cast: Cast, admin: Member) -> None:
        incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY, service=cast.service)
        actions.hold(cast.agent, number=incident.number, facts=SUPPLIER, at=MONDAY + HOUR)
        actions.resume(cast.agent, number=incident.number, at=MONDAY + 3 * HOUR)
        add_policy(admin, draft=draft(service=cast.service), at=MONDAY + 4 * HOUR)
        assert renewing.renew(admin, at=MONDAY + 4 * HOUR) == 1
        assert stands(incident)["resolution"] == (240, MONDAY + 6 * HOUR)
        entry = TrailEntry.objects.get(kind="incident.promises_renewed")
        assert (entry.record_id, entry.actor_id, entry.at) == (incident.pk, admin.id, MONDAY + 4 * HOUR)
        assert Timer.objects.get(incident=incident).due_at == MONDAY + 4 * HOUR, "half of it is reached: told now"
        past = history_of(incident)
        made = wind(incident, past, MONDAY + 4 * HOUR, offers_to(past))
        assert {one.measure: (one.target, one.due_at) for one in made} == stands(incident), "as the trail says"
        assert list(renewing.renewals(MONDAY + 5 * HOUR)) == []

    def test_a_first_answer_stays_measured_by_what_was_promised_when_it_was_given(
        self, cast: Cast, admin: Member
    ) -> None:
        answered = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent, at=MONDAY, service=cast.service)
        waits = reported(cast.reporter, at=MONDAY, service=cast.service)
        kept = stands(answered)["response"]
        add_policy(admin, draft=draft(service=cast.service), at=MONDAY + HOUR)
        shown = {one.incident.pk: set(one.measures) for one in renewing.renewals(MONDAY + HOUR)}
        assert shown == {answered.pk: {"resolution"}, waits.pk: {"response", "resolution"}}
        assert renewing.renew(admin, at=MONDAY + HOUR) == 2
        assert stands(answered)["response"] == kept
        assert stands(waits)["response"] != kept
        assert list(Recount().wrong()) == []

    def test_a_changed_calendar_does_too(self, cast: Cast, admin: Member) -> None:
        incident = reported(cast.reporter, at=MONDAY)
        due = stands(incident)["resolution"][1]
        office = Calendar.objects.get()
        long = tuple(hours for day in range(7) for hours in read_day(day, "6-22"))
        said = CalendarDraft(name="Office", zone="Europe/Berlin", week=long, is_default=True)
        change_calendar(admin, calendar=office, draft=said, at=MONDAY + HOUR)
        assert stands(incident)["resolution"][1] == due
        [renewal] = renewing.renewals(MONDAY + HOUR)
        assert renewing.renew(admin, at=MONDAY + HOUR) == 1
        now = stands(incident)["resolution"][1]
        assert due
        assert now
        assert now < due
        assert renewal.after["resolution"].due_at == now, "as it was shown"

    def test_what_is_over_or_the_same_is_left_alone(self, cast: Cast, admin: Member) -> None:
        for status in (Status.RESOLVED, Status.CLOSED, Status.CANCELLED):
            brought_to(status, cast.reporter, cast.agent, at=MONDAY, service=cast.service)
        reported(cast.reporter, at=MONDAY)
        add_policy(admin, draft=draft(service=cast.service), at=MONDAY + HOUR)
        assert renewing.renew(admin, at=MONDAY + HOUR) == 0

    def test_in_batches(self, cast: Cast, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(renewing, "BATCH", 2)
        for _ in range(5):
            reported(cast.reporter, at=MONDAY)
        add_policy(admin, draft=draft(), at=MONDAY + HOUR)
        assert [renewing.renew(admin, at=MONDAY + HOUR) for _ in range(4)] == [2, 2, 1, 0]

    def test_one_that_is_late_by_it_tells_once(self, cast: Cast, admin: Member) -> None:
        at = clock.now() - timedelta(days=30)
        always: dict[str, dict[str, int | bool]] = {p: {"resolution": 60, "always": True} for p in ("P4", "P5")}
        incident = reported(cast.reporter, at=at, service=cast.service)
        Timer.objects.all().delete()
        Clock.objects.update(next_at=None)
        add_policy(admin, draft=draft(service=cast.service, targets=always))
        renewing.renew(admin)
        late = Clock.objects.get(incident=incident, measure="resolution")
        assert (late.is_late, late.warned) == (True, 0)
        assert late.next_at == late.turned_at


def typed(calendar: Calendar, **other: Any) -> dict[str, Any]:
    return {"name": "Swift", "calendar": str(calendar.public_id), "targets_4": "", "targets_12": "2 h", **other}


class TestThePages:
    """Without scripts."""

    ADD = "/desk/incidents/policy/add/"

    @pytest.fixture
    def desk(self, member: Callable[..., Member], client_of: Callable[[Member], Client]) -> Client:
        return client_of(member("administrator"))

    def test_a_preview_tells_it_in_words_and_saves_nothing(self, desk: Client, cast: Cast) -> None:
        given = typed(Calendar.objects.get(), service=str(cast.service.public_id), _preview="1")
        text = desk.post(self.ADD, given).content.decode()
        assert "P4 on Printers: first answer within 2 business hours, Mon–Fri 8–18 Berlin" in text
        assert 'value="2 h"' in text
        assert not Policy.objects.filter(name="Swift").exists()

    def test_it_is_saved_and_leads_to_the_open_ones(self, desk: Client, cast: Cast) -> None:
        incident = reported(cast.reporter, service=cast.service)
        given = typed(Calendar.objects.get(), service=str(cast.service.public_id), targets_19="on", targets_16="9 min")
        answer = desk.post(self.ADD, given)
        assert answer.url == PAGE
        policy = Policy.objects.get(name="Swift")
        assert policy.service == cast.service
        targets = PolicyEdition.objects.get(policy=policy).targets
        assert targets == {"P4": {"response": 120}, "P5": {"response": 9, "always": True}}
        page = desk.get(PAGE)
        text = page.content.decode()
        assert "1 open incident would be promised something else" in text
        assert incident.title not in text, "an administrator reads no incidents"
        assert "1 of them is not listed" in text
        done = desk.post(PAGE, {"seen": page.context["seen"]}, follow=True).content.decode()
        assert "1 open incident has its new promises." in done
        assert "Nothing would change" in done

    def test_what_the_member_may_see_is_listed(
        self, cast: Cast, admin: Member, member: Callable[..., Member], client_of: Callable[[Member], Client]
    ) -> None:
        shown, hidden = (reported(cast.reporter, service=cast.service, title=title) for title in ("Seen", "Secret"))
        actions.restrict(cast.lead, number=hidden.number)
        add_policy(admin, draft=draft(service=cast.service))
        text = client_of(member("administrator", "agent")).get(PAGE).content.decode()
        assert f"INC-{shown.number}" in text
        assert "30 business minutes" in text
        assert "Secret" not in text
        assert f"INC-{hidden.number}" not in text
        assert "2 open incidents would be" in text

    def test_what_was_not_listed_is_not_applied(self, desk: Client, cast: Cast, admin: Member) -> None:
        incident = reported(cast.reporter, service=cast.service)
        policy = add_policy(admin, draft=draft(service=cast.service))
        seen = desk.get(PAGE).context["seen"]
        change_policy(admin, policy=policy, draft=draft(targets={"P4": {"response": 1}, "P5": {"response": 1}}))
        answer = desk.post(PAGE, {"seen": seen})
        assert answer.status_code == 409
        assert "look at the list again" in answer.content.decode()
        assert stands(incident)["response"][0] not in (1, 30)

    def test_each_cell_tells_its_own_error(self, desk: Client) -> None:
        text = desk.post(self.ADD, typed(Calendar.objects.get(), targets_0="soon", targets_5="2 d")).content.decode()
        assert "P1, First answer: “soon”" in text
        assert "P2, Update: “2 d”: days differ" in text
        assert 'value="soon"' in text
        assert not Policy.objects.filter(name="Swift").exists()

    def test_nothing_promised_is_refused(self, desk: Client) -> None:
        text = desk.post(self.ADD, typed(Calendar.objects.get(), targets_12="", targets_3="on")).content.decode()
        assert "Promise something for one priority at least" in text

    def test_what_it_is_for_stays(self, desk: Client, cast: Cast, admin: Member) -> None:
        policy = add_policy(admin, draft=draft())
        address = f"/desk/incidents/policy/{policy.public_id}/change/"
        page = desk.get(address).content.decode()
        assert "What it is for is fixed" in page
        assert 'value="30 min"' in page
        assert "P5: first answer within 30 business minutes" in page
        given = typed(Calendar.objects.get(), service=str(cast.service.public_id), takes_effect="2199-01-01")
        assert desk.post(address, given).status_code == 302
        assert Policy.objects.get(pk=policy.pk).service is None
        assert "1 Jan 2199" in desk.get(address).content.decode()

    def test_it_rests_and_wakes_up(self, desk: Client, admin: Member) -> None:
        policy = add_policy(admin, draft=draft())
        address = f"/desk/incidents/policy/{policy.public_id}"
        assert desk.post(f"{address}/verb/rest/").status_code == 302
        page = desk.get(f"{address}/change/").content.decode()
        assert "It rests" in page
        assert 'value="30 min"' in page, "what it promised before is offered again"
        assert desk.post(f"{address}/verb/rest/").status_code == 404
        assert desk.post(f"{address}/change/", typed(Calendar.objects.get())).status_code == 302
        assert "It rests" not in desk.get(f"{address}/change/").content.decode()
