"""Clocks over whole histories: what the product makes of a trail, and what a slow, obvious notebook says."""

from datetime import datetime, timedelta

import pytest

from incidents import history
from incidents.sla import Measure, Offer, Promise, Reading, best, read
from tenancy.hours import Calendar
from tests.incidents.histories import Life, Policy, World, make, slowly

EVERY_RUN = 500
THE_LONG_RUN = 10_000
AT_ONCE = 100


def offers(world: World, service: int | None, kind: int | None, as_of: datetime) -> list[Offer]:
    """What the query of `PolicyEdition` finds, as plain values."""
    fitting = [one for one in world.policies if one.service in (None, service) and one.type in (None, kind)]
    return [offer for policy in fitting for offer in _offer(policy, as_of)]


def _offer(policy: Policy, as_of: datetime) -> list[Offer]:
    held = [one for one in policy.editions if one.since <= as_of]
    last = held[-1]
    return [Offer(last.number, last.calendar, policy.service is not None, policy.type is not None, last.targets)]


def fast(life: Life, measure: Measure, at: datetime) -> tuple[Promise, Reading, int] | None:
    """What the product says."""
    past = history.tell(life.entries)
    as_of = past.promised_at(measure)
    offer = best(offers(life.world, past.service_id, past.type_id, as_of), measure, past.priority)
    if offer is None:
        return None
    place = offer.counts_in(past.priority)
    calendar = Calendar("UTC", always=True)
    if place is not None:
        calendar = [one for since, one in life.world.calendars[place] if since <= as_of][-1]
    promise = Promise(measure, timedelta(minutes=offer.minutes(measure, past.priority)), calendar)
    return promise, read(promise, past.turns, at), offer.edition_id


def complaints(life: Life) -> list[str]:
    """Where the two disagree."""
    found = []
    for measure in Measure:
        slow, quick = slowly(life, measure), fast(life, measure, life.now)
        if slow is None or quick is None:
            found += [f"{measure}: {slow} but {quick}"] if (slow is None) != (quick is None) else []
            continue
        promise, reading, _edition = quick
        same = {
            "target": promise.target == timedelta(minutes=slow.minutes),
            "calendar": promise.calendar == slow.calendar,
            "used": reading.elapsed == slow.used,
            "ended": (reading.ended_at is not None) == slow.ended,
            "due": reading.due_at == slow.due,
            "late": reading.is_late == (slow.used > promise.target),
        }
        found += [f"{measure} {name}: {slow} but {reading}" for name, is_so in same.items() if not is_so]
    return found


def disagreeing(seeds: range) -> dict[int, list[str]]:
    return {seed: wrong for seed in seeds if (wrong := complaints(make(seed)))}


@pytest.mark.parametrize("first", range(0, EVERY_RUN, AT_ONCE))
def test_five_hundred_histories(first: int) -> None:
    assert disagreeing(range(first, first + AT_ONCE)) == {}


@pytest.mark.long
@pytest.mark.parametrize("first", range(EVERY_RUN, EVERY_RUN + THE_LONG_RUN, AT_ONCE))
def test_ten_thousand_histories(first: int) -> None:
    assert disagreeing(range(first, first + AT_ONCE)) == {}
