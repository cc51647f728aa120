"""Store uploaded files and forget them again, for the rooms whose records they are brought to."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tenancy import files
from tenancy.members import Member
from tenancy.models import StoredFile

F = TypeVar("F", bound=StoredFile)


def store(model: type[F], member: Member, upload: UploadedFile, *, at: datetime, **more: Any) -> F:
    """Store a file with what its content tells, as part of a step; ``more`` are the room's own columns."""
    found = files.inspect(upload)
    facts: dict[str, Any] = {**asdict(found), "uploaded_by_id": member.id, "at": at, "file": upload, **more}
    stored = model(**facts)
    stored.save(force_insert=True)
    return stored


def forget(stored: Iterable[Any]) -> int:
    """Delete these rows, and once that is sure, their files; return how many."""
    gone = list(stored)
    for one in gone:
        storage, name = one.file.storage, str(one.file.name)
        one.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)
    return len(gone)
