"""Whole lives of incidents, made up, and what was promised for them, worked out slowly and obviously.

A life is a list of acts under policies and calendars that change meanwhile. It is told twice: as the trail's entries,
which the product reads, and here, where somebody sits beside the incident with a notebook and looks at the clock
every quarter of an hour, and whenever something happens.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from incidents.history import Entry
from incidents.lifecycle import HoldReason, Status
from incidents.sla import Measure
from tenancy.hours import Calendar, Hours
from tests.tenancy.test_hours import AROUND, ZONES

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
FAR = timedelta(days=60)
SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
PRIORITIES = ("P1", "P2", "P3")
SERVICES = (None, 1, 2)
TYPES = (None, 1)
PAUSING = {HoldReason.REQUESTER, HoldReason.SUPPLIER, HoldReason.SCHEDULED}
OVER = {Status.RESOLVED, Status.CLOSED, Status.CANCELLED}
Targets = dict[str, dict[str, int | bool]]


@dataclass
class Edition:
    """What a policy says from an instant on; a calendar by its place in the world, and what it promises."""

    number: int
    since: datetime
    calendar: int
    targets: Targets


@dataclass
class Policy:
    """For a service, a type, both or all."""

    service: int | None
    type: int | None
    editions: list[Edition]


@dataclass
class World:
    """The organisation: its policies, and each calendar's editions with their instants."""

    policies: list[Policy]
    calendars: list[list[tuple[datetime, Calendar]]]


@dataclass
class Life:
    """An incident as its notebook tells: what happened when, in the order in which it did."""

    world: World
    entries: list[Entry]
    now: datetime
    phases: list[tuple[datetime, str]] = field(default_factory=list)
    """From when on its clocks did what: runs, pauses or stopped."""
    words: list[datetime] = field(default_factory=list)
    answers: list[datetime] = field(default_factory=list)
    anew: list[datetime] = field(default_factory=list)
    promised: list[datetime] = field(default_factory=list)
    """Whenever it was promised what held then: by its report, when counting began anew, and when it was renewed."""
    service: int | None = None
    type: int | None = None
    priority: str = ""


@dataclass
class Slow:
    """A clock, read slowly."""

    edition: int
    minutes: int
    used: timedelta
    ended: bool
    due: datetime | None
    calendar: Calendar


# --- reading it slowly


def slowly(life: Life, measure: Measure) -> Slow | None:
    """What the notebook says of one promise at the end; none: nothing is promised."""
    chosen = promised(life, measure)
    if chosen is None:
        return None
    edition, minutes, calendar = chosen
    start = max([life.phases[0][0], *life.anew, *(life.words if measure is Measure.UPDATE else [])])
    ends = [at for at in (*life.words, *life.answers) if at >= start] if measure is Measure.RESPONSE else []
    stopped = life.phases[-1][1] == "stopped" and measure is not Measure.RESPONSE
    ended, target = bool(ends) or stopped, timedelta(minutes=minutes)
    door = Door(calendar)
    used, due, last = timedelta(), None, min(ends) if ends else life.now
    for begins, until, phase in moments(life, start):
        if begins >= last and (ended or life.phases[-1][1] != "runs" or due):
            break
        if phase == "runs" and door.is_open(begins):
            if due is None and used + (until - begins) >= target:
                due = begins + (target - used)
            if begins < last:
                used += until - begins
            elif due is None:
                target -= until - begins
    return Slow(edition.number, minutes, used, ended, due, calendar)


def promised(life: Life, measure: Measure) -> tuple[Edition, int, Calendar] | None:
    """Look through all policies as they were when it was promised: the most specific, then the shortest."""
    found = []
    moments = life.promised
    if measure is Measure.RESPONSE:
        start = max([life.phases[0][0], *life.anew])
        answers = [at for at in (*life.words, *life.answers) if at >= start]
        moments = [at for at in moments if not answers or at <= min(answers)]
    promised_at = moments[-1]
    for policy in life.world.policies:
        fits = policy.service in (None, life.service) and policy.type in (None, life.type)
        editions = [one for one in policy.editions if one.since <= promised_at]
        if not fits or not editions:
            continue
        edition = max(editions, key=lambda one: (one.since, one.number))
        row = edition.targets.get(life.priority, {})
        if minutes := int(row.get(measure, 0)):
            rank = (policy.service is None, policy.type is None, minutes, edition.number)
            found.append((rank, edition, minutes, bool(row.get("always"))))
    if not found:
        return None
    _rank, edition, minutes, always = min(found)
    held = [one for since, one in life.world.calendars[edition.calendar] if since <= promised_at][-1]
    return edition, minutes, Calendar("UTC", always=True) if always else held


def moments(life: Life, start: datetime) -> Iterator[tuple[datetime, datetime, str]]:
    """Quarter by quarter from the start, cut wherever something happened, and on after the end as if nothing did."""
    happened = sorted({at for at, _phase in life.phases} | {*life.words, *life.answers, life.now})
    phases, phase = list(life.phases), ""
    quarter = start.replace(minute=0, second=0, microsecond=0)
    begins = start
    while begins < life.now + FAR:
        while phases and phases[0][0] <= begins:
            phase = phases.pop(0)[1]
        while happened and happened[0] <= begins:
            happened.pop(0)
        while quarter <= begins:
            quarter += QUARTER
        until = min([quarter, *happened[:1]])
        yield begins, until, phase
        begins = until


class Door:
    """Whether it is open: look at the wall clock, and at what began today or yesterday."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.zone = ZoneInfo(calendar.zone)

    @cached_property
    def hours(self) -> dict[int, list[tuple[int, int]]]:
        """By weekday: the minute at which it opens, and the minute at which it shuts, perhaps tomorrow."""
        found: dict[int, list[tuple[int, int]]] = {weekday: [] for weekday in range(7)}
        for one in self.calendar.week:
            opens = one.opens.hour * 60 + one.opens.minute
            found[one.weekday].append((opens, opens + int(one.lasts.total_seconds()) // 60))
        return found

    def is_open(self, instant: datetime) -> bool:
        """Whether the wall clock shows an hour that counts."""
        wall = instant.astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        return self.calendar.always or self._on(wall.date(), minute) or self._on(wall.date() - DAY, minute + 24 * 60)

    def _on(self, day: date, minute: int) -> bool:
        hours = self.hours[day.weekday()]
        return day not in self.calendar.holidays and any(opens <= minute < shuts for opens, shuts in hours)


# --- making one up


def make(seed: int) -> Life:
    """Make up a life; the same for the same seed."""
    chance = Random(seed)
    around = chance.choice(AROUND)
    world = world_of(chance, around)
    return Author(chance, world, around + timedelta(seconds=chance.randrange(2 * 86400))).live()


def world_of(chance: Random, around: datetime) -> World:
    calendars = [_calendar(chance, around) for _ in range(2)]
    everything = Policy(None, None, [])
    special = [Policy(chance.choice(SERVICES), chance.choice(TYPES), []) for _ in range(chance.randrange(4))]
    number = 0
    for policy in (everything, *special):
        changes = sorted(around + timedelta(seconds=chance.randrange(5 * 86400)) for _ in range(chance.randrange(3)))
        for since in (SINCE_EVER, *changes):
            number += 1
            targets = {} if chance.random() < 0.15 else _targets(chance)
            policy.editions.append(Edition(number, since, chance.randrange(2), targets))
    return World([everything, *special], calendars)


def _targets(chance: Random) -> Targets:
    targets: Targets = {}
    for priority in PRIORITIES:
        row: dict[str, int | bool] = {one: chance.randint(1, 1500) for one in Measure if chance.random() < 0.8}
        if chance.random() < 0.25:
            row["always"] = True
        targets[priority] = row
    return targets


def _calendar(chance: Random, around: datetime) -> list[tuple[datetime, Calendar]]:
    zone = chance.choice(ZONES)
    since = [SINCE_EVER]
    if chance.random() < 0.5:
        since.append(around + timedelta(seconds=chance.randrange(5 * 86400)))
    return [(at, _hours(chance, zone, around)) for at in since]


def _hours(chance: Random, zone: str, around: datetime) -> Calendar:
    holidays = frozenset((around + DAY * chance.randint(-1, 9)).date() for _ in range(chance.randrange(4)))
    office = [Hours(day, time(8), timedelta(hours=10)) for day in range(5)]
    split = [Hours(day, time(at), timedelta(hours=4)) for day in range(6) for at in (8, 13)]
    nights = [Hours(day, time(22), timedelta(hours=8)) for day in range(7)]
    odd = [
        Hours(
            chance.randrange(7),
            time(chance.randrange(24), chance.choice((0, 15, 30, 45))),
            QUARTER * chance.randint(1, 96),
        )
        for _ in range(chance.randint(3, 9))
    ]
    return Calendar(zone, tuple(chance.choice([office, split, nights, odd, odd])), holidays)


class Author:
    """Lets things happen to an incident, as the table of the lifecycle allows, and tells them twice."""

    def __init__(self, chance: Random, world: World, at: datetime) -> None:
        self.chance, self.at = chance, at
        self.life = Life(world, [], at)
        self.status = Status.NEW
        self.reason: HoldReason | None = None

    def live(self) -> Life:
        """Report it, and let up to a dozen things happen."""
        life, chance = self.life, self.chance
        life.service, life.type = chance.choice(SERVICES), chance.choice(TYPES)
        life.priority, life.promised = chance.choice(PRIORITIES), [self.at]
        facts = {"status": "new", "service_id": life.service, "type_id": life.type, "priority": life.priority}
        life.entries.append(("incident.reported", self.at, facts))
        life.phases.append((self.at, "runs"))
        for _ in range(chance.randrange(13)):
            self.at += timedelta(seconds=chance.choice((chance.randint(1, 900), chance.randint(1, 14 * 3600))))
            chance.choice(self._possible())()
        life.now = self.at + timedelta(seconds=chance.randint(0, 30 * 3600))
        return life

    def _possible(self) -> list[Any]:
        always = [self.note]
        if self.status in (Status.CLOSED, Status.CANCELLED):
            return always
        if self.status is Status.RESOLVED:
            return [*always, self.reopen, self.reject, self.contest, self.close, self.classify, self.reply]
        doing = [self.classify, self.classify, self.override, self.reply, self.assign, self.hold, self.hold, self.renew]
        more = [self.resume, self.answer] if self.status is Status.ON_HOLD else [self.take]
        return [*always, *doing, *more, self.resolve, self.resolve] + [self.cancel] * (self.chance.random() < 0.2)

    def _tell(self, kind: str, changed: dict[str, list[Any]] | None = None, **more: Any) -> None:
        self.life.entries.append((f"incident.{kind}", self.at, {**({"changed": changed} if changed else {}), **more}))

    def _to(self, status: Status, reason: HoldReason | None = None) -> dict[str, list[Any]]:
        """Move on; what changed by it, as the trail says it."""
        before = {"status": self.status.value, "hold_reason": self.reason.value if self.reason else ""}
        self.status, self.reason = status, reason
        after = {"status": status.value, "hold_reason": reason.value if reason else ""}
        return {name: [before[name], after[name]] for name in before if before[name] != after[name]}

    def _phase(self, phase: str) -> None:
        self.life.phases.append((self.at, phase))

    def note(self) -> None:
        """Nothing that a clock looks at; the product does not even read it."""

    def reply(self) -> None:
        self.life.words.append(self.at)
        self._tell("replied")

    def take(self) -> None:
        self.life.answers.append(self.at)
        self._tell("taken", self._to(Status.IN_PROGRESS))

    def assign(self) -> None:
        self.life.answers.append(self.at)
        held = self.status is Status.ON_HOLD
        self._tell("assigned", {} if held else self._to(Status.IN_PROGRESS))

    def hold(self) -> None:
        reason = self.chance.choice(list(HoldReason))
        by_rule = reason in (HoldReason.PROBLEM, HoldReason.CHANGE) and self.chance.random() < 0.4
        if reason is HoldReason.REQUESTER:
            self.life.words.append(self.at)
        self._phase("pauses" if by_rule or reason in PAUSING else "runs")
        self._tell("held", self._to(Status.ON_HOLD, reason), **({"clock": "pauses"} if by_rule else {}))

    def resume(self) -> None:
        self._phase("runs")
        self._tell("resumed", self._to(Status.IN_PROGRESS))

    def answer(self) -> None:
        self._phase("runs")
        self._tell("answered", self._to(Status.IN_PROGRESS))

    def classify(self) -> None:
        self._change("classified", service_id=self.chance.choice(SERVICES), type_id=self.chance.choice(TYPES),
                     priority=self.chance.choice(PRIORITIES))  # fmt: skip

    def override(self) -> None:
        self._change("priority_overridden", priority=self.chance.choice(PRIORITIES))

    def _change(self, kind: str, **values: Any) -> None:
        changed = {}
        for name, value in values.items():
            attribute = name.removesuffix("_id")
            before = getattr(self.life, attribute)
            if before != value:
                changed[name] = [before, value]
                setattr(self.life, attribute, value)
        self._tell(kind, changed)

    def renew(self) -> None:
        if self.chance.random() < 0.5:
            self.life.promised.append(self.at)
            self._tell("promises_renewed")

    def resolve(self) -> None:
        self._phase("stopped")
        self.life.words.append(self.at)
        self._tell("resolved", self._to(Status.RESOLVED))

    def reopen(self) -> None:
        self.life.words.append(self.at)
        self._again("reopened")

    def reject(self) -> None:
        self._again("rejected")

    def contest(self) -> None:
        self._again("contested")

    def _again(self, kind: str) -> None:
        anew = self.chance.random() < 0.4
        if anew:
            self.life.anew.append(self.at)
            self.life.promised.append(self.at)
        self._phase("runs")
        self._tell(kind, self._to(Status.IN_PROGRESS), **({"anew": True} if anew else {}))

    def close(self) -> None:
        self._tell("closed", self._to(Status.CLOSED))

    def cancel(self) -> None:
        self._phase("stopped")
        self._tell("cancelled", self._to(Status.CANCELLED))
