"""What a test compares before and after: everything the database holds of an incident and around it."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.dateparse import parse_datetime

from incidents.models import Attachment, Hypothesis, Incident, Involvement, Message, NumberCounter, Reference
from notifications.models import OutboxMessage
from tenancy.models import TrailEntry

ALL = (Incident, Message, Attachment, Involvement, Hypothesis, Reference, NumberCounter, TrailEntry, OutboxMessage)

# A refusal changes nothing, but for one entry that says that there was one (`tenancy.actions.denials`).
_DIGEST = (
    "SELECT 'TABLE', count(*), md5(string_agg(row::text, '' ORDER BY id)) FROM TABLE AS row "
    "WHERE to_jsonb(row) ->> 'kind' IS DISTINCT FROM 'access.denied'"
)
_EVERYTHING = " UNION ALL ".join(_DIGEST.replace("TABLE", model._meta.db_table) for model in ALL)

# People's own words, which the trail must not hold.
WORDS = {
    "title", "description", "error_code", "source_reference", "resolution_note", "tested_how", "root_cause",
    "retested_how", "rating_word",
}  # fmt: skip


def everything() -> dict[str, tuple[int, str]]:
    """Every row of this room, the trail and the outbox, in the bound organisation: how many, and a digest."""
    with connection.cursor() as cursor:
        cursor.execute(_EVERYTHING)
        return {name: (count, digest) for name, count, digest in cursor.fetchall()}


def trail_of(incident: Incident) -> list[TrailEntry]:
    """The incident's trail, oldest first."""
    return list(TrailEntry.objects.filter(record="incident", record_id=incident.pk).order_by("id"))


def replayed(incident: Incident) -> dict[str, Any]:
    """The record as its trail tells it: from the report through every change, each starting where the last ended."""
    first, *later = trail_of(incident)
    state = {field.attname: field.get_default() for field in incident._meta.concrete_fields}
    state |= {name: first.facts[name] for name in first.facts.keys() & state.keys()}
    state |= {"id": first.record_id, "logged_by_id": first.actor_id, "reported_at": first.at, "updated_at": first.at}
    for entry in later:
        for name, pair in entry.facts.get("changed", {}).items():
            assert name not in WORDS, f"{name} stands on the trail: {pair}"
            before, after = pair
            assert _plain(state[name]) == _plain(before), f"{entry} tells another {name}"
            state[name] = after
        state["updated_at"] = entry.at
    return {name: _plain(value) for name, value in state.items() if name not in WORDS | {"organisation_id", "due_at"}}


def as_it_is(incident: Incident) -> dict[str, Any]:
    """The record as its row tells it, in the same shape."""
    row = Incident.objects.values().get(pk=incident.pk)
    return {name: _plain(value) for name, value in row.items() if name not in WORDS | {"organisation_id", "due_at"}}


def _plain(value: Any) -> Any:
    if isinstance(value, str) and "T" in value:
        return parse_datetime(value) or value
    return value if not isinstance(value, datetime) else parse_datetime(value.isoformat())


def posted() -> list[tuple[str, str, str]]:
    """What stands in the outbox, oldest first: kind, to whom, why."""
    rows = OutboxMessage.objects.order_by("id").values_list("kind", "name", "facts__why")
    return [(kind, name, why) for kind, name, why in rows]
