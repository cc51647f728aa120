"""Store uploaded files, forget them and sweep up after them, for the rooms whose records they are brought to."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import structlog
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tenancy import clock, files, leftovers
from tenancy.members import Member
from tenancy.models import Organisation, StoredFile
from tenancy.wall import bound

log = structlog.get_logger(__name__)

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


def sweep(model: type[StoredFile], folder: str, forget_unfinished: Callable[..., int]) -> None:
    """Remove, in every organisation, a room's files of unfinished forms and those in its folder that no row names."""
    for organisation_id in Organisation.objects.order_by("id").values_list("id", flat=True):
        try:
            _sweep(organisation_id, model, folder, forget_unfinished)
        except Exception:  # one organisation's trouble must not keep the others untidy
            log.exception("files not tidied", organisation=organisation_id, folder=folder)


def _sweep(organisation_id: int, model: type[Any], folder: str, forget_unfinished: Callable[..., int]) -> None:
    before = clock.now() - leftovers.OLD
    with bound(organisation_id):
        forget_unfinished(before=before)
    found = leftovers.old_files(f"org-{organisation_id}/{folder}", before=before)
    with bound(organisation_id):
        named = set(model.objects.filter(file__in=found).values_list("file", flat=True))
    leftovers.remove(found, named=named)
