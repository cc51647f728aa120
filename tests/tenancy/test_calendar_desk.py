"""Calendars as administrators set them up: from a day on, never backwards."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenancy import clock
from tenancy.actions.calendars import add_calendar, change_calendar
from tenancy.drafts import CalendarDraft
from tenancy.members import Denied, Member
from tenancy.models import Calendar, CalendarEdition, Organisation, TrailEntry
from tenancy.models.calendars import SINCE_EVER
from tenancy.openings import read_day
from tenancy.refusal import NotPossible
from tests.tenancy.test_icalendars import ical

Make = Callable[..., Member]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PLANT = CalendarDraft(name="Plant", zone="Europe/Berlin", week=read_day(0, "6-14"))
CHRISTMAS = [["2026-12-25", "Christmas Day"]]


@pytest.fixture
def admin(bind: None, member: Make) -> Member:
    Calendar.objects.all().update(is_default=False)
    return member("administrator")


@pytest.fixture
def desk(admin: Member, client_of: Callable[[Member], Client]) -> Client:
    return client_of(admin)


def draft(**other: Any) -> CalendarDraft:
    given = {"name": "Plant", "zone": "Europe/Berlin", "week": read_day(0, "6-14"), "is_default": True, **other}
    return CalendarDraft(**given)


def editions(calendar: Calendar) -> list[tuple[datetime, list[Any]]]:
    found = CalendarEdition.objects.filter(calendar=calendar).order_by("id")
    return list(found.values_list("takes_effect_at", "week"))


class TestSaving:
    """The actions."""

    def test_a_new_one_holds_since_ever_and_the_first_is_the_usual_one(self, admin: Member) -> None:
        plant, other = (add_calendar(admin, draft=draft(name=name, is_default=False), at=AT) for name in "AB")
        assert (plant.is_default, other.is_default) == (True, False)
        assert editions(plant) == [(SINCE_EVER, [[0, "06:00", 480]])]
        entry = TrailEntry.objects.filter(kind="calendar.added").first()
        assert entry
        assert (entry.record_id, entry.at, entry.actor_id) == (plant.pk, AT, admin.id)

    def test_what_is_different_holds_from_a_day_on(self, admin: Member) -> None:
        plant = add_calendar(admin, draft=draft(), at=AT)
        later = draft(week=read_day(1, "22-6"), takes_effect=date(2026, 4, 1))
        change_calendar(admin, calendar=plant, draft=later, at=AT)
        midnight = datetime(2026, 4, 1, tzinfo=ZoneInfo("Europe/Berlin"))
        assert editions(plant)[1:] == [(midnight, [[1, "22:00", 480]])]
        held = CalendarEdition.objects.filter(calendar=plant)
        assert held.holding(midnight - timedelta(seconds=1)) == held.get(takes_effect_at=SINCE_EVER)
        assert held.holding(midnight) == held.get(takes_effect_at=midnight)

    def test_nothing_different_makes_no_edition_and_no_entry(self, admin: Member) -> None:
        plant = add_calendar(admin, draft=draft(), at=AT)
        change_calendar(admin, calendar=plant, draft=draft(), at=AT)
        assert len(editions(plant)) == 1
        assert not TrailEntry.objects.filter(kind="calendar.changed").exists()

    @pytest.mark.parametrize("day", [date(2026, 3, 2), date(2020, 1, 1)])
    def test_what_has_begun_stays(self, day: date, admin: Member) -> None:
        plant = add_calendar(admin, draft=draft(), at=AT)
        with pytest.raises(NotPossible, match="What has been promised stays"):
            change_calendar(admin, calendar=plant, draft=draft(always=True, takes_effect=day), at=AT)
        assert len(editions(plant)) == 1

    def test_one_is_the_usual_one(self, admin: Member) -> None:
        plant, other = (add_calendar(admin, draft=draft(name=name), at=AT) for name in "AB")
        assert Calendar.objects.get(is_default=True) == other
        change_calendar(admin, calendar=plant, draft=draft(name="A"), at=AT)
        assert Calendar.objects.get(is_default=True) == plant
        with pytest.raises(NotPossible, match="has to be the usual one"):
            change_calendar(admin, calendar=plant, draft=draft(name="A", is_default=False), at=AT)

    def test_one_that_never_opens_is_refused(self, admin: Member) -> None:
        with pytest.raises(NotPossible, match="needs open hours"):
            add_calendar(admin, draft=draft(week=()), at=AT)
        assert add_calendar(admin, draft=draft(week=(), always=True), at=AT)

    def test_only_administrators(self, admin: Member, member: Make) -> None:
        plant = add_calendar(admin, draft=draft(), at=AT)
        with pytest.raises(Denied):
            change_calendar(member("team_lead"), calendar=plant, draft=draft(name="Mine"), at=AT)
        with pytest.raises(Denied):
            add_calendar(member("auditor"), draft=draft(name="Mine"), at=AT)


def typed(**other: Any) -> dict[str, Any]:
    return {"name": "Plant", "zone": "Europe/Berlin", "day_0": "6-14", "holidays": "", "is_default": "on", **other}


class TestTheForm:
    """The pages, without scripts."""

    ADD = "/desk/tenancy/calendar/add/"

    def change(self, calendar: Calendar) -> str:
        return f"/desk/tenancy/calendar/{calendar.public_id}/change/"

    def test_it_saves_what_was_typed(self, desk: Client) -> None:
        answer = desk.post(self.ADD, typed(day_6="22:00-6:00", holidays="25 Dec 2026 Christmas Day"))
        assert answer.status_code == 302, answer.content.decode()
        edition = CalendarEdition.objects.get(calendar__name="Plant")
        assert edition.week == [[0, "06:00", 480], [6, "22:00", 480]]
        assert edition.holidays == CHRISTMAS

    def test_it_shows_what_holds(self, desk: Client, admin: Member) -> None:
        plant = add_calendar(admin, draft=draft(holidays=((date(2099, 12, 25), "Christmas Day"),)))
        text = desk.get(self.change(plant)).content.decode()
        assert 'value="06:00-14:00"' in text
        assert "25 Dec 2099 Christmas Day" in text
        assert "<b>Mon 6–14 Berlin</b>" in text

    def test_what_was_typed_stays_with_its_errors(self, desk: Client) -> None:
        text = desk.post(self.ADD, typed(day_1="whenever", holidays="25 Dec 2026\nXmas")).content.decode()
        assert "“whenever” can’t be read" in text or "“whenever” can&#x27;t be read" in text
        assert 'value="whenever"' in text
        assert "Line 2, “Xmas”" in text
        assert not Calendar.objects.filter(name="Plant").exists()

    def test_nothing_open_is_said(self, desk: Client) -> None:
        assert "Say when it is open" in desk.post(self.ADD, typed(day_0="")).content.decode()

    def test_a_preview_saves_nothing(self, desk: Client) -> None:
        text = desk.post(self.ADD, typed(_preview="1")).content.decode()
        assert "As it would be: nothing is saved yet" in text
        assert "<b>Mon 6–14 Berlin</b>" in text
        assert 'value="6-14"' in text
        assert not Calendar.objects.filter(name="Plant").exists()

    def test_a_file_is_looked_at_before_it_is_saved(self, desk: Client) -> None:
        christmas = "DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas <b>Day</b>"
        file = SimpleUploadedFile("x.ics", ical(christmas, "DTSTART:20260501T080000Z\nSUMMARY:May"))
        text = desk.post(self.ADD, typed(holidays="3 Oct 2026 Unity", file=file, _save="1")).content.decode()
        assert not Calendar.objects.filter(name="Plant").exists()
        assert "1 day was found in the file" in text
        assert "otherwise than once a year: May" in text
        assert 'name="name" value="Plant"' in text
        assert 'name="day_0" value="6-14"' in text
        assert "3 Oct 2026 Unity\n25 Dec 2026 Christmas &lt;b&gt;Day&lt;/b&gt;</textarea>" in text

    def test_a_file_is_added_below_what_cannot_be_read(self, desk: Client) -> None:
        file = SimpleUploadedFile("x.ics", ical("DTSTART;VALUE=DATE:20261225"))
        text = desk.post(self.ADD, typed(holidays="Xmas", file=file)).content.decode()
        assert "Xmas\n25 Dec 2026</textarea>" in text

    def test_a_file_that_is_none_is_said(self, desk: Client) -> None:
        text = desk.post(self.ADD, typed(file=SimpleUploadedFile("x.ics", b"\0" * 999))).content.decode()
        assert "This is not an iCal file" in text

    def test_a_day_to_come_is_listed_and_a_past_one_refused(self, desk: Client, admin: Member) -> None:
        plant = add_calendar(admin, draft=draft())
        ahead = clock.now().date() + timedelta(days=40)
        assert desk.post(self.change(plant), typed(day_0="7-15", takes_effect=ahead.isoformat())).status_code == 302
        text = desk.get(self.change(plant)).content.decode()
        assert "<b>Mon 6–14 Berlin</b>" in text
        assert "Mon 7–15 Berlin, 0 holidays" in text
        assert desk.post(self.change(plant), typed(day_0="5-9")).url == "/desk/promises/renew/", "it may concern some"
        again = desk.post(self.change(plant), typed(takes_effect="2020-01-01"))
        assert "Name a day to come" in again.content.decode()

    def test_an_auditor_reads_it_in_words(
        self, admin: Member, member: Make, client_of: Callable[[Member], Client], harbour: Organisation
    ) -> None:
        plant = add_calendar(admin, draft=draft())
        text = client_of(member("auditor")).get(self.change(plant)).content.decode()
        assert "Mon 6–14 Berlin" in text
        assert "_save" not in text
