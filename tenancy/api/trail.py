"""The trail for programs: records by public id and name, never by the row they stand in."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from tenancy.api.people import Named
from tenancy.models import Membership, TrailEntry

Names = dict[tuple[str, int], dict[str, str]]
Kinds = Mapping[str, type[Any]]
"""What stands behind a column that names a record; a column that is not there is not told."""


class Entry(serializers.Serializer):
    """One entry of the trail; records stand there by id and name."""

    kind = serializers.CharField(help_text="What happened: incident.resolved.")
    at = serializers.DateTimeField()
    actor = Named(allow_null=True, help_text="Null: the system itself.")
    changed = serializers.DictField(
        child=serializers.ListField(), help_text="Each field that changed, before and after."
    )
    rewritten = serializers.ListField(child=serializers.CharField(), help_text="People's own words that changed.")
    person = Named(allow_null=True, help_text="Who was added or removed.")


def told(entries: list[TrailEntry], kinds: Kinds) -> list[dict[str, Any]]:
    """Entries as `Entry`."""
    names = _public_names_in(entries, kinds)
    return [_entry(one, kinds, names) for one in entries]


def _entry(one: TrailEntry, kinds: Kinds, names: Names) -> dict[str, Any]:
    changed = one.facts.get("changed", {})
    return {
        "kind": one.kind,
        "at": one.at,
        "actor": {"id": str(one.actor.public_id), "name": one.actor.name} if one.actor else None,
        "changed": {
            name.removesuffix("_id"): [_value(name, value, kinds, names) for value in pair]
            for name, pair in changed.items()
            if name in kinds or not name.endswith(("_id", "_ids"))
        },
        "rewritten": one.facts.get("rewritten", []),
        "person": names.get((Membership.__name__, one.facts.get("person_id") or 0)),
    }


def _value(name: str, value: Any, kinds: Kinds, names: Names) -> Any:
    return names.get((kinds[name].__name__, value)) if name in kinds and value else value


def _public_names_in(entries: list[TrailEntry], kinds: Kinds) -> Names:
    """The names behind the ids in the entries, with the ids by which they are known outside: a statement per kind."""
    wanted: dict[type[Any], set[int]] = {}
    for entry in entries:
        for name, pair in entry.facts.get("changed", {}).items():
            if name in kinds:
                wanted.setdefault(kinds[name], set()).update(one for one in pair if one)
        if person := entry.facts.get("person_id"):
            wanted.setdefault(Membership, set()).add(person)
    return {
        (model.__name__, row.pk): {"id": str(row.public_id), "name": str(row)}
        for model, ids in wanted.items()
        for row in model.objects.filter(pk__in=ids)
    }
