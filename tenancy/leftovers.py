"""Stored files that no row names any more: what a rolled-back upload or a killed process left behind."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.files.storage import default_storage

OLD = timedelta(days=1)
"""A file is written before its row, so a young one may still be waiting for it; nobody fills in a form for a day."""


def old_files(folder: str, *, before: datetime) -> list[str]:
    """The files right in a folder of the storage that were written before that instant."""
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return []
    paths = [f"{folder}/{name}" for name in names]
    return [path for path in paths if default_storage.get_modified_time(path) < before]


def remove(found: Collection[str], *, named: Collection[str]) -> int:
    """Delete the files but those that rows name, read after the files were found; return how many went."""
    unnamed = set(found) - set(named)
    for path in unnamed:
        default_storage.delete(path)
    return len(unnamed)
