"""One clock: explaining it, and aiming it anew after something happened, for a history that people could have made."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import transaction
from django.utils import timezone

from incidents import history, sla
from incidents.actions import clocks
from incidents.models import Incident
from incidents.winding import offers_to, wind
from tenancy.models import TrailEntry
from tenancy.wall import bound

TIMES = 7
DAYS = 21
HAPPENED: tuple[tuple[float, str, dict[str, Any]], ...] = (
    (0.01, "incident.taken", {"status": ["new", "in_progress"]}),
    (0.2, "incident.replied", {}),
    (1.1, "incident.held", {"status": ["in_progress", "on_hold"], "hold_reason": ["", "requester"]}),
    (3.4, "incident.answered", {"status": ["on_hold", "in_progress"], "hold_reason": ["requester", ""]}),
    (4.0, "incident.priority_overridden", {"priority": ["P4", "P3"]}),
    (5.2, "incident.held", {"status": ["in_progress", "on_hold"], "hold_reason": ["", "supplier"]}),
    (9.1, "incident.resumed", {"status": ["on_hold", "in_progress"], "hold_reason": ["supplier", ""]}),
    (9.9, "incident.replied", {}),
    (10.3, "incident.resolved", {"status": ["in_progress", "resolved"]}),
    (12.6, "incident.reopened", {"status": ["resolved", "in_progress"]}),
    (13.0, "incident.assigned", {}),
    (14.2, "incident.held", {"status": ["in_progress", "on_hold"], "hold_reason": ["", "requester"]}),
    (17.0, "incident.answered", {"status": ["on_hold", "in_progress"], "hold_reason": ["requester", ""]}),
    (18.5, "incident.replied", {}),
)
"""Three weeks: so many days after the report, what happened, and what it changed."""


def time_one(order: dict[str, Any]) -> dict[str, Any]:
    """Milliseconds of this process for one clock, and of the whole replan of an incident with its statements."""
    with bound(order["organisation"]):
        incident = Incident.objects.latest("id")
        now = timezone.now()
        reported = now - timedelta(days=DAYS)
        past = history.tell(_entries(incident, reported))
        offers = offers_to(past)
        known = wind(incident, past, now, offers)
        one = known[-1]
        times = {
            "explain": _milliseconds(lambda: sla.explain(one.promise, past.turns, now), order["times"]),
            "retarget": _milliseconds(lambda: wind(incident, past, now, offers, known), order["times"]) / len(known),
        }
        _tell_trail(incident, reported)
        replan = _milliseconds(lambda: clocks.replan(incident, now), order["times"] // 10, time.perf_counter)
        transaction.set_rollback(True)
    return {**times, "replan": replan, "clocks": len(known), "turns": len(past.turns)}


def _milliseconds(act: Callable[[], object], times: int, watch: Callable[[], float] = time.process_time) -> float:
    """The median of some rows of it."""
    taken = []
    for _row in range(TIMES):
        began = watch()
        for _time in range(max(1, times)):
            act()
        taken.append((watch() - began) / max(1, times) * 1000)
    return median(taken)


def _entries(incident: Incident, reported: datetime) -> list[history.Entry]:
    facts = {"status": "new", "service_id": incident.service_id, "type_id": incident.type_id, "priority": "P4"}
    happened = [(kind, reported + timedelta(days=days), {"changed": told}) for days, kind, told in HAPPENED]
    return [(history.REPORTED, reported, facts), *happened]


def _tell_trail(incident: Incident, reported: datetime) -> None:
    """Make another incident of it, with that history; the transaction is taken back."""
    incident.pk, incident.number = None, 2_000_000_000
    incident.save(force_insert=True)
    TrailEntry.objects.bulk_create(
        TrailEntry(kind=kind, at=at, record="incident", record_id=incident.pk, facts=facts)
        for kind, at, facts in _entries(incident, reported)
    )
