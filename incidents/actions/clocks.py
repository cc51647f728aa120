"""Keep an incident's clocks as its trail makes them, and tell those concerned before and when a promise runs out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache

from incidents import lifecycle
from incidents.actions.round import Round
from incidents.history import History
from incidents.models import Clock, Incident
from incidents.models.promises import beside, first_due
from incidents.queries import clocks_of_many, histories_of, history_of
from incidents.sla import Turn, next_level, passed
from incidents.winding import offers_at, offers_to, remember, wind
from tenancy.models import TrailEntry
from tenancy.wall import Conflict, Written, insert_all, update_all

WARNED = "incident.clock_warned"
EVENTS = {50: "incident_clock_half", 75: "incident_clock_short", 100: "incident_clock_late"}
_KEPT = (
    "policy_edition",
    "calendar_edition",
    "target",
    "state",
    "started_at",
    "turned_at",
    "used",
    "due_at",
    "ended_at",
    "is_late",
    "warned",
    "next_at",
)
_OVER = Conflict(unique=("organisation", "incident", "measure"), update=_KEPT)


def start(incident: Incident) -> list[Clock]:
    """Wind the clocks of an incident that is about to be saved for the first time; `keep` them once it is."""
    past = History(
        service_id=incident.service_id,
        type_id=incident.type_id,
        priority=incident.priority,
        as_of=incident.reported_at,
        answer_as_of=incident.reported_at,
        turns=[Turn(incident.reported_at, lifecycle.Clock.RUNS)],
    )
    clocks = wind(incident, past, incident.reported_at, offers_to(past))
    incident.due_at = first_due(clocks)
    beside(incident, clocks)
    return clocks


def replan(incident: Incident, at: datetime) -> list[Clock]:
    """Bring the clocks of an incident, which is locked, up to date with its trail; return them."""
    known = _clocks_of(incident.pk)
    past = history_of(incident)
    clocks = wind(incident, past, at, offers_to(past), known)
    _remember(known, clocks)
    _forget(_gone(known, clocks))
    keep(clocks)
    if (due_at := first_due(clocks)) != incident.due_at:
        incident.due_at = due_at
        Incident.objects.filter(pk=incident.pk).update(due_at=due_at)
    return clocks


def replan_all(incidents: Mapping[int, Incident], at: datetime) -> dict[int, list[Clock]]:
    """Do `replan` for many incidents, all locked, by their ids, in as many statements as for a few."""
    told, known, offered = histories_of(incidents), defaultdict(list), cache(offers_at)
    for clock in clocks_of_many(incidents):
        known[clock.incident_id].append(clock)
    clocks = {
        number: wind(one, told[number], at, offers_to(told[number], offered), known[number])
        for number, one in incidents.items()
    }
    made = [clock for kept in clocks.values() for clock in kept]
    _remember([clock for kept in known.values() for clock in kept], made)
    _forget([pk for number, kept in clocks.items() for pk in _gone(known[number], kept)])
    keep(made)
    moved = [one for number, one in incidents.items() if one.due_at != first_due(clocks[number])]
    for one in moved:
        one.due_at = first_due(clocks[one.pk])
    update_all(moved, ["due_at"])
    return clocks


def _remember(known: Iterable[Clock], clocks: Iterable[Clock]) -> None:
    """Who was told of a target before it became another one is not told again once it is back."""
    before = {(one.incident_id, one.measure): one.target for one in known}
    others = [one for one in clocks if before.get((one.incident_id, one.measure)) != one.target]
    if not others:
        return
    numbers = {one.incident_id for one in others}
    warnings = TrailEntry.objects.filter(record="incident", record_id__in=numbers, kind=WARNED)
    told = list(warnings.values_list("record_id", "at", "facts"))
    for one in others:
        same = one.incident_id, one.measure, one.target
        levels = [
            facts["level"]
            for number, at, facts in told
            if (number, facts["measure"], facts.get("target")) == same and at >= one.started_at
        ]
        remember(one, max(levels, default=0))


def _gone(known: Iterable[Clock], clocks: Iterable[Clock]) -> list[int]:
    measures = {one.measure for one in clocks}
    return [one.pk for one in known if one.measure not in measures]


def _forget(gone: Collection[int]) -> None:
    if gone:
        Clock.objects.filter(pk__in=gone).delete()


_clocks_of = Written(lambda incident_id: Clock.objects.filter(incident=incident_id))


def keep(clocks: list[Clock]) -> None:
    """Write them, over those that are there."""
    insert_all(clocks, _OVER)


def attend(due: Round) -> None:
    """Tell of every clock of the round's incidents that has reached a level, and set the next one."""
    clocks = [clock for clock in due.clocks if clock.next_at and clock.next_at <= due.at]
    for clock in clocks:
        _warn(due, clock)
    update_all(clocks, ["warned", "is_late", "next_at"])


def _warn(due: Round, clock: Clock) -> None:
    promise, elapsed = clock.promise, clock.used_by(due.at)
    level = passed(promise.target, elapsed)
    clock.warned, clock.is_late = level, level >= 100
    clock.next_at = next_level(promise, elapsed, due.at, told=level)
    incident = due.incidents[clock.incident_id]
    facts = {"measure": clock.measure, "level": level, "due_at": clock.due_at.isoformat() if clock.due_at else None}
    due.happened(WARNED, incident, facts | {"target": clock.target}, event=EVENTS[level], more=facts)
