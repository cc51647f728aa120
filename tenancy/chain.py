"""The chain of seals over a trail: each one holds the hash of the one before it and of its entry.

What is written here is a contract: seals of former years are recomputed by it.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

START = bytes(32)
"""What stands before the first seal of an organisation."""
FIELDS = ("id", "organisation_id", "kind", "at", "actor_id", "record", "record_id", "facts", "version")


def canonical(entry: Mapping[str, Any]) -> bytes:
    """Return an entry's fields as bytes, the same on every machine: JSON in ASCII, keys sorted, times in UTC."""
    at: datetime = entry["at"]
    fields = {name: entry[name] for name in FIELDS} | {"at": at.astimezone(UTC).isoformat(timespec="microseconds")}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def link(before: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return the hash that seals the entry behind the seal before it."""
    return hashlib.sha256(before + canonical(entry)).digest()
