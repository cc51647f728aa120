"""All clocks of an installation, made again from the trail alone."""

import time
from itertools import groupby
from typing import Any

from django.db import connection

from incidents import history
from incidents.models import Clock, Incident
from incidents.winding import Recount, offers_to, wind
from tenancy.models import TrailEntry
from tenancy.wall import bound

AT_ONCE = 2000


def wind_all(order: dict[str, Any]) -> dict[str, Any]:
    """Give all incidents of an organisation their clocks, and those of the next, until there are as many as asked."""
    made, used = 0, []
    for organisation_id in _smallest_first():
        if made < order["clocks"]:
            with bound(organisation_id):
                made += _wind()
            used.append(organisation_id)
    return {"clocks": made, "organisations": used}


def _smallest_first() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenancy_organisation ORDER BY id DESC")
        return [number for (number,) in cursor.fetchall()]


def _wind() -> int:
    ids = list(Incident.objects.order_by("id").values_list("id", flat=True))
    parts = (Incident.objects.in_bulk(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
    return sum(len(Clock.objects.bulk_create(_clocks(incidents))) for incidents in parts)


def _clocks(incidents: dict[int, Incident]) -> list[Clock]:
    entries = TrailEntry.objects.filter(record="incident", record_id__in=incidents.keys(), kind__in=history.KINDS)
    rows = entries.order_by("record_id", "id").values_list("record_id", "kind", "at", "facts")
    clocks: list[Clock] = []
    offers = None  # the organisation's only policy has promised the same since ever
    for number, found in groupby(rows, key=lambda row: row[0]):
        past = history.tell((kind, at, facts) for _number, kind, at, facts in found)
        offers = offers or offers_to(past)[past.as_of]
        clocks += wind(incidents[number], past, past.turns[-1].at, {past.as_of: offers})
    return clocks


def recount(order: dict[str, Any]) -> dict[str, Any]:
    """Recount them; say how many clocks that were, in how many seconds, and how many were not what the trail makes."""
    clocks = wrong = 0
    began, busy = time.perf_counter(), time.process_time()
    for organisation_id in order["organisations"]:
        with bound(organisation_id):
            every = Recount()
            wrong += sum(1 for _difference in every.wrong())
            clocks += every.clocks
    return {
        "clocks": clocks,
        "wrong": wrong,
        "seconds": time.perf_counter() - began,
        "busy": time.process_time() - busy,
    }
