"""Write the trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tenancy.members import Member
from tenancy.models import TrailEntry
from tenancy.wall import insert


def record(
    kind: str,
    *,
    record: tuple[str, int],
    actor: Member | None,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
) -> TrailEntry:
    """Append one entry to a record's trail; no actor means the system itself.

    ``facts`` are structured and free of people's own words: those belong into rows that can be erased.
    """
    name, record_id = record
    entry = TrailEntry(
        kind=kind,
        at=at,
        actor_id=actor.id if actor else None,
        record=name,
        record_id=record_id,
        facts=dict(facts or {}),
    )
    insert(entry)
    return entry
