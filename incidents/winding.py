"""Make an incident's clocks of its history and of what was promised then."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import groupby

from incidents import history
from incidents.history import Entry, History
from incidents.models import Clock, Incident, PolicyEdition
from incidents.sla import Measure, Offer, State, Turn, best, next_level, passed, read
from tenancy.models import CalendarEdition, TrailEntry

AT_ONCE = 500
"""So many incidents are read together where all are recounted."""
_RECOUNTED = (
    *("policy_edition_id", "calendar_edition_id", "target", "state", "started_at", "used", "due_at", "ended_at"),
)
Offers = Sequence[Offer]
Offered = Mapping[datetime, Offers]
"""What the policies that fit an incident promised, by when."""
Fits = tuple[int | None, int | None]
"""What policies are for: a service and a type."""
OffersAt = Callable[[Fits, datetime], Offers]


def offers_at(fits: Fits, at: datetime) -> Offers:
    """What the policies promise at an instant to what they fit."""
    service_id, type_id = fits
    return PolicyEdition.objects.offers(service_id=service_id, type_id=type_id, as_of=at)


def offers_to(past: History, offers_at: OffersAt = offers_at) -> Offered:
    """What the policies promise to an incident with this history, as of whenever its promises are."""
    fits = past.service_id, past.type_id
    return {at: offers_at(fits, at) for at in {past.as_of, past.answer_as_of}}


def wind(incident: Incident, past: History, at: datetime, offered: Offered, known: Sequence[Clock] = ()) -> list[Clock]:
    """The clocks that the history makes, as they stand at ``at``; what was told of the ``known`` ones stays told."""
    told = {clock.measure: clock.warned for clock in known}
    return [
        _set(
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
        if (offer := best(offered[past.promised_at(measure)], measure, past.priority))
    ]


def _set(clock: Clock, turns: Sequence[Turn], at: datetime) -> Clock:
    promise = clock.promise
    reading = read(promise, turns, at)
    clock.state, clock.started_at, clock.ended_at = reading.state, reading.started_at, reading.ended_at
    clock.used, clock.turned_at = reading.elapsed, at
    clock.due_at, clock.is_late = reading.due_at, reading.is_late
    clock.warned = min(clock.warned, passed(promise.target, reading.elapsed))
    if reading.state is State.RUNS:
        clock.next_at = next_level(promise, reading.elapsed, at, told=clock.warned)
    return clock


def remember(clock: Clock, level: int) -> None:
    """Let it know that somebody was told up to this level, of the very target that it has again."""
    if level > clock.warned:
        clock.warned = level
        if clock.state == State.RUNS:
            clock.next_at = next_level(clock.promise, clock.used, clock.turned_at, told=level)


class Recount:
    """Every clock of the bound organisation, made again from the trail alone."""

    def __init__(self) -> None:
        self.clocks = 0
        self._offers: dict[tuple[Fits, int], Offers] = {}

    def wrong(self) -> Iterator[str]:
        """Go through all incidents; say of each clock that is not what the trail tells, which, and what differs."""
        numbers = Incident.objects.order_by("id").values_list("id", flat=True)
        ids = list(numbers)
        for start in range(0, len(ids), AT_ONCE):
            yield from self._part(ids[start : start + AT_ONCE])

    def _part(self, ids: list[int]) -> Iterator[str]:
        incidents = Incident.objects.in_bulk(ids)
        stored: dict[int, list[Clock]] = {one: [] for one in ids}
        for clock in Clock.objects.filter(incident__in=ids):
            stored[clock.incident_id].append(clock)
        for number, entries in _trails(ids):
            past = history.tell(entries)
            for difference in self._compare(incidents[number], past, stored.pop(number)):
                yield f"{incidents[number].label}: {difference}"
        for number, clocks in stored.items():
            if clocks:
                yield f"{incidents[number].label}: it has clocks, and no trail"

    def _compare(self, incident: Incident, past: History, stored: list[Clock]) -> Iterator[str]:
        offered = offers_to(past, self._offers_at)
        at = max((clock.turned_at for clock in stored), default=past.turns[-1].at)
        told = {clock.measure: clock for clock in wind(incident, past, at, offered)}
        self.clocks += len(stored)
        for clock in stored:
            made = told.pop(clock.measure, None)
            found = [
                f"{name} is {getattr(clock, name)}, and the trail makes {getattr(made, name, None)}"
                for name in _RECOUNTED
                if made is None or getattr(clock, name) != getattr(made, name)
            ]
            if found:
                yield f"{clock.measure}: {'; '.join(found)}"
        for measure in told:
            yield f"{measure}: there is no clock, and the trail makes one"

    def _offers_at(self, fits: Fits, at: datetime) -> Offers:
        """What was offered changes only when an edition takes effect, so there are few answers."""
        key = fits, bisect_right(self._moments, at)
        if key not in self._offers:
            self._offers[key] = offers_at(fits, at)
        return self._offers[key]

    @cached_property
    def _moments(self) -> list[datetime]:
        policies = PolicyEdition.objects.order_by().values_list("takes_effect_at", flat=True)
        return sorted({*policies, *CalendarEdition.objects.order_by().values_list("takes_effect_at", flat=True)})


def _trails(ids: list[int]) -> Iterator[tuple[int, Iterable[Entry]]]:
    entries = TrailEntry.objects.filter(record="incident", record_id__in=ids, kind__in=history.KINDS)
    rows = entries.order_by("record_id", "id").values_list("record_id", "kind", "at", "facts")
    for number, found in groupby(rows, key=lambda row: row[0]):
        yield number, [(kind, at, facts) for _number, kind, at, facts in found]
