"""What people wish to be told is kept to, and changed on pages that any browser shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from incidents.kinds import KINDS, OF_EVENT
from notifications import choosing, delivery, outbox, preferences
from notifications.bursts import Bundle, Scope
from notifications.kinds import kinds, may_be_off
from notifications.models import HouseRules, OutboxMessage, Preference
from notifications.outbox import Recipient
from notifications.wishes import Fate, How, Timing, Wishes
from tenancy import clock
from tenancy.members import Denied, Member
from tenancy.models import Membership, Organisation, TrailEntry
from tenancy.refusal import NotPossible
from tenancy.wall import bound
from tests.notifications.sink import Sink

NIGHT = Wishes(quiet_from=time(22), quiet_until=time(7))
OFF = {"moved": {"mail": "off"}}


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-03-02 21:59", None),
        ("2026-03-02 22:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "2026-03-03 07:00"),
        ("2026-03-03 07:00", None),
        ("2026-03-28 23:00", "2026-03-29 07:00"),
        ("2026-10-24 23:00", "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_end_by_the_reader_s_own_clock(local: str, ends: str | None) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime.fromisoformat(local).replace(tzinfo=berlin).astimezone(UTC)
    wanted = datetime.fromisoformat(ends).replace(tzinfo=berlin) if ends else None
    assert NIGHT.peace_until(at, "Europe/Berlin") == wanted


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = Wishes(quiet_from=time(12), quiet_until=time(13))
    at = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert noon.peace_until(at, "UTC") == at + timedelta(minutes=30)
    assert noon.peace_until(at + timedelta(minutes=30), "UTC") is None
    assert Wishes().peace_until(at, "UTC") is None


def test_one_s_own_choice_counts_before_the_house_s() -> None:
    assert Wishes().timing("moved") is Timing.AT_ONCE
    assert Wishes(house=OFF).timing("moved") is Timing.OFF
    assert Wishes(own={"moved": {"mail": "at_once"}}, house=OFF).timing("moved") is Timing.AT_ONCE


def test_every_kind_is_known_and_what_waits_for_an_answer_stays_on() -> None:
    names = [kind.name for kind in kinds()]
    assert [*KINDS] == kinds()[: len(KINDS)]
    assert len(set(names)) == len(names)
    assert set(OF_EVENT.values()) <= set(names)
    assert {name for name in names if not may_be_off(name)} == {"asked", "confirm", "escalated"}


def fate(topic: str, wishes: Wishes, *, wakes: bool = False, **to: Any) -> Fate:
    """What becomes of it at three in the morning."""
    at = datetime(2026, 3, 2, 3, tzinfo=UTC)
    recipient = Recipient(**{"address": "ada@people.example", "wishes": wishes, **to})
    return outbox.fate(recipient, topic, wakes=wakes, at=at)


def test_what_becomes_of_a_message() -> None:
    seven = datetime(2026, 3, 2, 7, tzinfo=UTC)
    off = Wishes(own={name: {"mail": "off"} for name in ("moved", "asked")})
    assert fate("moved", Wishes()) == Fate(How.AT_ONCE)
    assert fate("moved", off) == Fate(How.OFF)
    assert fate("asked", off) == Fate(How.AT_ONCE)
    assert fate("moved", NIGHT) == fate("asked", NIGHT) == Fate(How.LATER, seven)
    assert fate("moved", NIGHT, wakes=True) == Fate(How.AT_ONCE)
    assert fate("", NIGHT) == Fate(How.AT_ONCE)
    assert fate("moved", Wishes(), address="") == Fate(How.NO_ADDRESS)
    assert fate("asked", Wishes(), refuses=True) == Fate(How.REFUSED)


@pytest.mark.usefixtures("bind")
class TestChoosing:
    """One row a person, one entry a change."""

    def test_a_choice_is_kept_and_read_along(self, member: Callable[..., Member]) -> None:
        ada, ben = member(), member()
        choosing.choose(ada, timings={"moved": Timing.OFF, "answered": None}, quiet=(time(22), time(7)))
        choosing.choose_for_all(member("administrator"), timings={"receipt": Timing.OFF})
        read = {one.pk: preferences.of(one) for one in preferences.with_wishes(Membership.objects.all())}
        assert read[ada.id] == Wishes(OFF, {"receipt": {"mail": "off"}}, time(22), time(7))
        assert read[ben.id] == Wishes(house={"receipt": {"mail": "off"}})
        assert preferences.of(Membership.objects.get(pk=ada.id)) == read[ada.id]

    def test_the_trail_says_what_changed(self, member: Callable[..., Member]) -> None:
        ada = member()
        for _ in range(2):
            choosing.choose(ada, timings={"moved": Timing.OFF}, quiet=(time(22), time(7)))
        entry = TrailEntry.objects.get(kind="preference.changed")
        assert entry.actor_id == entry.facts["membership_id"] == ada.id
        assert entry.facts["changed"] == {
            "timings": [{}, OFF], "quiet_from": [None, "22:00:00"], "quiet_until": [None, "07:00:00"],
        }  # fmt: skip

    def test_what_can_t_be_turned_off_is_refused(self, member: Callable[..., Member]) -> None:
        for act in (
            lambda timings: choosing.choose(member(), timings=timings, quiet=None),
            lambda timings: choosing.choose_for_all(member("administrator"), timings=timings),
        ):
            for name in ("asked", "confirm", "escalated", "no such kind"):
                with pytest.raises(NotPossible):
                    act({name: Timing.OFF})
        with pytest.raises(NotPossible):
            choosing.choose(member(), timings={}, quiet=(time(7), time(7)))
        assert not Preference.objects.exists()
        assert not TrailEntry.objects.filter(kind="preference.changed").exists()

    def test_only_administrators_choose_for_all(self, member: Callable[..., Member]) -> None:
        with pytest.raises(Denied):
            choosing.choose_for_all(member("agent", "auditor"), timings={})
        assert not HouseRules.objects.exists()

    def test_half_of_the_quiet_hours_is_none(self, member: Callable[..., Member]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Preference.objects.create(membership_id=member().id, quiet_from=time(22))


@pytest.mark.usefixtures("bind")
def test_other_hours_hold_for_all_that_waits(
    member: Callable[..., Member], post: Callable[..., str], row: Callable[..., OutboxMessage]
) -> None:
    ada = member(mail="ada@people.example")
    begins, ends = ((clock.now() + timedelta(hours=hours)).astimezone(UTC).time() for hours in (-1, 1))
    choosing.choose(ada, timings={}, quiet=(begins, ends))
    asleep = Recipient("ada@people.example", membership_id=ada.id, wishes=Wishes(quiet_from=begins, quiet_until=ends))
    sorts: list[dict[str, Any]] = [
        {"topic": "answered", "bundle": Bundle(Scope.RECORD, 1)},
        {"topic": "asked", "bundle": Bundle(Scope.RECORD, 2), "urgent": True},
        {"topic": "moved"},
    ]
    waiting = [post(to=asleep, **sort) for sort in sorts]
    assert all(row(key).due_at > clock.now() for key in waiting)
    choosing.choose(ada, timings={}, quiet=None)
    assert all(row(key).due_at <= clock.now() for key in waiting)


@pytest.mark.django_db(transaction=True)
def test_what_came_at_night_is_one_mail_in_the_morning(
    harbour: Organisation, member: Callable[..., Member], post: Callable[..., str], sink: Sink
) -> None:
    ada = member(name="Ada Marsh", mail="ada@people.example")
    now = clock.now()
    begins, ends = ((now + timedelta(hours=hours)).astimezone(UTC).time() for hours in (-1, 1))
    awake = Recipient("ada@people.example", "Ada Marsh", time_zone="UTC", membership_id=ada.id)
    asleep = replace(awake, wishes=Wishes(quiet_from=begins, quiet_until=ends))
    for number in (1, 2, 3):
        told = {"number": f"INC-{number}", "text": f"word {number}."}
        more = {"record": f"INC-{number}", "bundle": Bundle(Scope.RECORD, number), "kind": "incident_replied"}
        post(to=asleep, topic="answered", facts=told, **more)
    post(
        to=asleep, topic="asked", urgent=True, kind="incident_question", record="INC-4", bundle=Bundle(Scope.RECORD, 4)
    )
    post(to=asleep, topic="moved", wakes=True, kind="incident_closed", bundle=Bundle(Scope.RECORD, 5))
    delivery.deliver_due()
    assert [str(mail["Subject"])[:10] for mail in sink.kept] == ["[INC-1042]"]
    with bound(harbour.id):
        waiting = OutboxMessage.objects.filter(state="pending")
        assert {one.due_at.time().replace(microsecond=0) for one in waiting} == {ends.replace(microsecond=0)}
        waiting.update(due_at=now)
    delivery.deliver_due()
    assert len(sink.kept) == 3
    morning = sink.kept[1].get_body(("plain",))
    assert morning
    assert all(f"word {number}." in morning.get_content() for number in (1, 2, 3))


class TestPages:
    """The member's own page, and the administrators'."""

    def test_a_member_chooses(self, member: Callable[..., Member], client_of: Callable[..., Client]) -> None:
        ada = member("stakeholder")
        browser = client_of(ada)
        page = browser.get("/notifications/").content.decode()
        assert "A new incident on a service that you follow" in page
        assert "An incident is assigned to you" not in page
        assert "A question for you" in page
        sent = {"moved": "off", "service": "", "quiet_from": "22:00", "quiet_until": "07:00"}
        answer = browser.post("/notifications/", sent, follow=True)
        assert "Saved." in answer.content.decode()
        with bound(ada.organisation_id):
            wishes = preferences.of(Membership.objects.get(pk=ada.id))
        assert (wishes.own, wishes.quiet_from) == (OFF, time(22))
        again = browser.get("/notifications/").content.decode()
        assert 'value="22:00"' in again

    def test_what_was_typed_is_kept_with_its_error(
        self, member: Callable[..., Member], client_of: Callable[..., Client]
    ) -> None:
        browser = client_of(member())
        answer = browser.post("/notifications/", {"moved": "off", "quiet_from": "22:00"})
        assert answer.status_code == 422
        text = answer.content.decode()
        assert "Give both times, or none." in text
        assert 'value="22:00"' in text
        assert '<option value="off" selected>' in text
        answer = browser.post("/notifications/", {"quiet_from": "22:00", "quiet_until": "22:00"})
        assert "another time than they begin" in answer.content.decode()
        answer = browser.post("/notifications/", {"moved": "hourly"})
        assert answer.status_code == 422

    def test_an_administrator_chooses_for_all(
        self, harbour: Organisation, member: Callable[..., Member], client_of: Callable[..., Client]
    ) -> None:
        browser = client_of(member("administrator"))
        assert "What people are told" in browser.get("/desk/setup/").content.decode()
        answer = browser.post("/desk/notifications/", {"moved": "off", "receipt": "at_once"}, follow=True)
        assert "Saved." in answer.content.decode()
        with bound(harbour.id):
            assert preferences.house()["moved"] == {"mail": "off"}
        assert "As usual here (not at all)" in browser.get("/notifications/").content.decode()
