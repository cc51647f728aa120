"""Whole lives, lived by the actions: what is stored is what a slow, obvious notebook says."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from incidents import actions
from incidents.actions import renewing
from incidents.drafts import Hold
from incidents.lifecycle import HoldReason, Status
from incidents.models import Clock, DeskRules, Incident, Policy, PolicyEdition, Service
from incidents.priority import Impact, Priority
from incidents.sla import Measure
from tenancy.hours import Calendar as Rules
from tenancy.models import Calendar, CalendarEdition
from tests.incidents import histories
from tests.incidents.conftest import Cast
from tests.incidents.factories import FIXED, IncidentTypeFactory, ServiceFactory, classification, person, reported
from tests.incidents.histories import AROUND, Author, Edition, Life, World, slowly

LIVES = 12


class Acting(Author):
    """Lets the actions do what happens, and keeps the notebook beside them."""

    def __init__(self, chance: Random, world: World, at: datetime, cast: Cast) -> None:
        super().__init__(chance, world, at)
        self.cast = cast
        self.services: list[Any] = [None, *Service.objects.order_by("pk")[:2]]

    def live(self) -> Life:
        """Report it, and let up to eight things happen."""
        life, chance = self.life, self.chance
        incident = reported(
            self.cast.reporter, at=self.at, service=chance.choice(self.services), impact=chance.choice(list(Impact))
        )
        self.number = incident.number
        life.promised = [self.at]
        life.phases.append((self.at, "runs"))
        self._look()
        for _ in range(chance.randrange(9)):
            self.at += timedelta(seconds=chance.choice((chance.randint(1, 900), chance.randint(1, 14 * 3600))))
            chance.choice(self._possible())()
            self._look()
        life.now = self.at
        return life

    def _look(self) -> None:
        row = Incident.objects.get(number=self.number)
        self.life.service, self.life.type, self.life.priority = row.service_id, row.type_id, row.priority
        assert (self.status, self.reason or "") == (row.status, row.hold_reason), "the notebook lost the thread"

    def _tell(self, kind: str, changed: dict[str, list[Any]] | None = None, **more: Any) -> None:
        verb = {"replied": "reply", "taken": "take", "assigned": "assign", "held": "hold", "resumed": "resume",
                "answered": "comment", "resolved": "resolve", "reopened": "reopen", "rejected": "reject",
                "contested": "contest", "closed": "close", "cancelled": "cancel"}[kind]  # fmt: skip
        member = self.cast.reporter if kind in ("answered", "rejected", "contested") else self.cast.lead
        given: dict[str, dict[str, Any]] = {
            "reply": {"text": "Soon."},
            "assign": {"assignee": person(self.cast.agent)},
            "resolve": {"resolution": FIXED},
            "reopen": {"reason": "Not yet."},
            "reject": {"text": "No."},
            "contest": {"text": "No."},
            "comment": {"text": "Blue."},
            "close": {"ending": Incident.Ending.PHONE},
            "cancel": {"ending": Incident.Ending.NOT_INCIDENT, "text": "A drill."},
            "hold": {"facts": self._held()} if kind == "held" else {},
        }
        if verb in ("reopen", "reject", "contest"):
            DeskRules.objects.update(counts_anew=bool(more.get("anew")))
        if verb == "hold":
            by_rule = "clock" in more
            DeskRules.objects.update(pauses_for_problem=by_rule, pauses_for_change=by_rule)
        getattr(actions, verb)(member, number=self.number, at=self.at, **given.get(verb, {}))

    def _held(self) -> Hold:
        ahead = self.at + timedelta(days=9) if self.reason is HoldReason.SCHEDULED else None
        return Hold(reason=self.reason or HoldReason.SUPPLIER, text="Hm?", until=ahead)

    def note(self) -> None:
        actions.note(self.cast.agent, number=self.number, text="Hm.", at=self.at)

    def take(self) -> None:
        if self.status is Status.NEW:
            super().take()

    def answer(self) -> None:
        if self.reason is HoldReason.REQUESTER:
            super().answer()

    def contest(self) -> None:
        self.reject()

    def classify(self) -> None:
        facts = classification(service=self.chance.choice(self.services), impact=self.chance.choice(list(Impact)))
        actions.classify(self.cast.agent, number=self.number, facts=facts, at=self.at)

    def override(self) -> None:
        wanted = Priority(self.chance.choice(histories.PRIORITIES))
        actions.override_priority(self.cast.lead, number=self.number, priority=wanted, reason="So.", at=self.at)

    def renew(self) -> None:
        if renewing.renew(self.cast.administrator, at=self.at):
            self.life.promised.append(self.at)


def stored(world: World) -> World:
    """Write the world down, and what the organisation began with beside it; ids as the database gives them."""
    services = [None, *Service.objects.order_by("pk")[:2]]
    kinds = [None, IncidentTypeFactory()]
    calendars = [Calendar.objects.create(name=f"Calendar {number}") for number in range(len(world.calendars))]
    for calendar, editions in zip(calendars, world.calendars, strict=True):
        for since, rules in editions:
            _write(calendar, since, rules)
    for number, policy in enumerate(world.policies):
        service, kind = services[policy.service or 0], kinds[policy.type or 0]
        row = Policy.objects.create(name=f"Policy {number}", service=service, type=kind)
        policy.service, policy.type = service and service.pk, kind and kind.pk
        for edition in policy.editions:
            made = PolicyEdition.objects.create(
                policy=row, takes_effect_at=edition.since, calendar=calendars[edition.calendar], targets=edition.targets
            )
            edition.number = made.pk
    first = PolicyEdition.objects.select_related("calendar").order_by("pk")[0]
    hours = CalendarEdition.objects.get(calendar=first.calendar)
    began = Edition(first.pk, first.takes_effect_at, len(world.calendars), dict(first.targets))
    return World(
        [histories.Policy(None, None, [began]), *world.policies],
        [*world.calendars, [(hours.takes_effect_at, hours.rules())]],
    )


def _write(calendar: Calendar, since: datetime, rules: Rules) -> None:
    week = [[one.weekday, f"{one.opens:%H:%M}", int(one.lasts.total_seconds()) // 60] for one in rules.week]
    holidays = [[day.isoformat(), ""] for day in sorted(rules.holidays)]
    CalendarEdition.objects.create(
        calendar=calendar, takes_effect_at=since, zone=rules.zone, week=week, holidays=holidays
    )


@pytest.mark.parametrize("seed", range(LIVES))
def test_what_is_stored_is_what_the_notebook_says(seed: int, cast: Cast) -> None:
    ServiceFactory(owner_team=cast.team)
    chance = Random(seed)
    around = chance.choice(AROUND)
    world = stored(histories.world_of(chance, around))
    life = Acting(chance, world, around + timedelta(seconds=chance.randrange(2 * 86400)), cast).live()
    found = {one.measure: one for one in Clock.objects.filter(incident__reporter=cast.reporter.id)}
    for measure in Measure:
        slow, kept = slowly(life, measure), found.get(measure)
        assert (slow is None) == (kept is None), measure
        if slow and kept:
            was = (kept.policy_edition_id, kept.target, kept.ended_at is not None)
            assert was == (slow.edition, slow.minutes, slow.ended), measure
            assert kept.promise.calendar == slow.calendar
            if kept.turned_at == life.now:
                assert (kept.used, kept.due_at) == (slow.used, slow.due), measure
            elif slow.due is None or slow.due > life.now:
                assert kept.due_at == slow.due, measure
