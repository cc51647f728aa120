"""Keep an incident's clocks as its trail makes them, and tell those concerned before and when a promise runs out."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from incidents import history
from incidents.actions.round import Round
from incidents.history import History
from incidents.models import Clock, Incident, PolicyEdition
from incidents.sla import Measure, Promise, State, Turn, best, next_level, passed, read
from tenancy.models import TrailEntry
from tenancy.models.calendars import counting

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


def replan(incident: Incident, entry: TrailEntry) -> list[Clock]:
    """Bring the clocks up to date after this entry of the incident's trail, which is locked; return them."""
    if entry.kind == history.REPORTED:
        past, known = history.tell([(entry.kind, entry.at, entry.facts)]), []
    else:
        past, known = tell(incident), list(Clock.objects.filter(incident=incident))
    return _store(incident, wound(incident, past, known, entry.at), known)


def tell(incident: Incident) -> History:
    """The incident's history, from its trail."""
    entries = TrailEntry.objects.filter(record="incident", record_id=incident.pk, kind__in=history.KINDS)
    return history.tell(entries.order_by("id").values_list("kind", "at", "facts"))


def wound(incident: Incident, past: History, known: Sequence[Clock], at: datetime) -> list[Clock]:
    """The clocks that the history makes, as they stand at ``at``; what was told of the ``known`` ones stays told."""
    offers = PolicyEdition.objects.offers(
        service_id=past.service_id, type_id=past.type_id, as_of=past.as_of or incident.reported_at
    )
    told = {clock.measure: clock.warned for clock in known}
    return [
        _wind(
            Clock(
                incident=incident,
                measure=measure,
                policy_edition_id=offer.edition_id,
                calendar_edition_id=offer.counts_in(past.priority),
                target=offer.minutes(measure, past.priority),
                warned=told.get(measure, 0),
            ),
            past.turns,
            at,
        )
        for measure in Measure
        if (offer := best(offers, measure, past.priority))
    ]


def _wind(clock: Clock, turns: Sequence[Turn], at: datetime) -> Clock:
    promise = promised(clock)
    reading = read(promise, turns, at)
    clock.state, clock.started_at, clock.ended_at = reading.state, reading.started_at, reading.ended_at
    clock.used, clock.turned_at = reading.elapsed, at
    clock.due_at, clock.is_late = reading.due_at, reading.is_late
    clock.warned = min(clock.warned, passed(promise.target, reading.elapsed))
    if reading.state is State.RUNS:
        clock.next_at = next_level(promise, reading.elapsed, at, told=clock.warned)
    return clock


def _store(incident: Incident, clocks: list[Clock], known: Sequence[Clock]) -> list[Clock]:
    measures = {clock.measure for clock in clocks}
    if gone := [clock.pk for clock in known if clock.measure not in measures]:
        Clock.objects.filter(pk__in=gone).delete()
    if clocks:
        once = ["organisation", "incident", "measure"]
        Clock.objects.bulk_create(clocks, update_conflicts=True, unique_fields=once, update_fields=_KEPT)
    return clocks


def attend(due: Round) -> None:
    """Tell of every clock of the round's incidents that has reached a level, and set the next one."""
    clocks = [clock for clock in due.clocks if clock.next_at and clock.next_at <= due.at]
    for clock in clocks:
        _warn(due, clock)
    Clock.objects.bulk_update(clocks, ["warned", "is_late", "next_at"])


def _warn(due: Round, clock: Clock) -> None:
    promise = promised(clock)
    elapsed = clock.used + promise.calendar.between(clock.turned_at, due.at)
    level = passed(promise.target, elapsed)
    clock.warned, clock.is_late = level, level >= 100
    clock.next_at = next_level(promise, elapsed, due.at, told=level)
    incident = due.incidents[clock.incident_id]
    facts = {"measure": clock.measure, "level": level, "due_at": clock.due_at.isoformat() if clock.due_at else None}
    due.happened(WARNED, incident, facts, event=EVENTS[level])


def promised(clock: Clock) -> Promise:
    """What was promised, from the snapshot that the clock keeps."""
    return Promise(Measure(clock.measure), timedelta(minutes=clock.target), counting(clock.calendar_edition_id))
