"""The trail for programs: records by public id and name, never by the row they stand in."""

from typing import Any

from incidents.queries import NAMED, public_names_in
from tenancy.models import TrailEntry

Names = dict[tuple[str, int], dict[str, str]]
HIDDEN = frozenset({"duplicate_of_id"})  # may name what the reader may not see


def told(entries: list[TrailEntry]) -> list[dict[str, Any]]:
    """Entries as `shapes.Entry`."""
    names = public_names_in(entries)
    return [_entry(one, names) for one in entries]


def _entry(one: TrailEntry, names: Names) -> dict[str, Any]:
    changed = one.facts.get("changed", {})
    return {
        "kind": one.kind,
        "at": one.at,
        "actor": {"id": str(one.actor.public_id), "name": one.actor.name} if one.actor else None,
        "changed": {
            name.removesuffix("_id"): [_value(name, value, names) for value in pair]
            for name, pair in changed.items()
            if name in NAMED or not name.endswith(("_id", "_ids"))
        },
        "rewritten": one.facts.get("rewritten", []),
        "person": names.get(("Membership", one.facts.get("person_id") or 0)),
    }


def _value(name: str, value: Any, names: Names) -> Any:
    return names.get((NAMED[name].__name__, value)) if name in NAMED and value else value
