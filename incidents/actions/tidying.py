"""Housekeeping: files of forms that nobody finished."""

from datetime import datetime
from functools import partial

from django.db import transaction

from incidents.models import Attachment
from tenancy.wall import refuse_unbound


@transaction.atomic
def forget_unfinished(*, before: datetime) -> int:
    """Delete what was uploaded before that instant and never became part of a record; return how many files."""
    refuse_unbound()
    waiting = Attachment.objects.filter(incident__isnull=True, at__lt=before)
    found = list(waiting.select_for_update(of=("self",), skip_locked=True))
    for attachment in found:
        storage, name = attachment.file.storage, str(attachment.file.name)
        attachment.delete()
        transaction.on_commit(partial(storage.delete, name), robust=True)
    return len(found)
