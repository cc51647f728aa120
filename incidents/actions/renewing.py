"""Give open incidents the promises that hold now. By itself nothing does that: what has been promised stays."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice

from django.db import transaction

from incidents import history, winding
from incidents.actions import timing
from incidents.models import Clock, Incident, PolicyEdition
from incidents.queries import histories_of
from incidents.topics import touched_by
from notifications import live
from tenancy import clock, editions, trail
from tenancy.members import Member
from tenancy.models import CalendarEdition
from tenancy.wall import refuse_unbound

BATCH = 100
"""How many are renewed in one go: they stay locked until it is done."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """An open incident, its clocks as they are, and as they would be."""

    incident: Incident
    before: dict[str, Clock]
    after: dict[str, Clock]

    @property
    def measures(self) -> list[str]:
        """What would be promised otherwise."""
        both = [*self.before, *(measure for measure in self.after if measure not in self.before)]
        return [one for one in both if _promise(self.before.get(one)) != _promise(self.after.get(one))]


def _promise(clock: Clock | None) -> tuple[int, int | None] | None:
    return (clock.target, clock.calendar_edition_id) if clock else None


def renewals(at: datetime) -> Iterator[Renewal]:
    """Look for open incidents that would be promised something else if they were reported at ``at``, oldest first."""
    offers_at = cache(winding.offers_at)
    for incidents in _in_batches():
        yield from _among(incidents, at, offers_at)


def _among(incidents: Sequence[Incident], at: datetime, offers_at: winding.OffersAt) -> Iterator[Renewal]:
    numbers = [incident.pk for incident in incidents]
    known = _by_incident(Clock.objects.filter(incident__in=numbers))
    told = histories_of(numbers)
    for incident in incidents:
        before, past = known.get(incident.pk, []), told[incident.pk]
        past.promise(at)
        after = winding.wind(incident, past, at, winding.offers_to(past, offers_at), before)
        renewal = Renewal(incident, _by_measure(before), _by_measure(after))
        if renewal.measures:
            yield renewal


def _in_batches() -> Iterator[list[Incident]]:
    last = 0
    while found := list(Incident.objects.open().filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield found
        last = found[-1].pk


def _by_incident(found: Iterable[Clock]) -> dict[int, list[Clock]]:
    grouped = defaultdict(list)
    for one in found:
        grouped[one.incident_id].append(one)
    return grouped


def _by_measure(found: Sequence[Clock]) -> dict[str, Clock]:
    return {one.measure: one for one in found}


def holding(at: datetime) -> str:
    """Return a mark of all that is promised at ``at``: it is another one as soon as anything is promised otherwise."""
    editions = [
        sorted(rows.filter(takes_effect_at__lte=at).values_list("pk", flat=True))
        for rows in (PolicyEdition.objects.all(), CalendarEdition.objects.all())
    ]
    return hashlib.sha256(repr(editions).encode()).hexdigest()[:16]


@transaction.atomic
def renew(member: Member, *, at: datetime | None = None) -> int:
    """Let up to `BATCH` open incidents be promised what holds now; return how many were.

    Each gets an entry on its trail, and its clocks are read anew with the pauses that it had.
    """
    refuse_unbound()
    member.require("organisation.administer")
    numbers = [renewal.incident.pk for renewal in islice(renewals(at or editions.now_to_count()), BATCH)]
    incidents = list(Incident.objects.open().filter(pk__in=numbers).order_by("pk").select_for_update(of=("self",)))
    now = at or clock.now()  # read under the locks: what others did to them meanwhile came before, perhaps the same
    still = [renewal.incident for renewal in _among(incidents, now, winding.offers_at)]
    for incident in still:
        entry = trail.record(history.RENEWED, record=("incident", incident.pk), actor=member, at=now)
        timing.replan(incident, entry)
        live.changed(touched_by(incident))
    return len(still)
