"""Housekeeping: files of forms that nobody finished."""

from datetime import datetime

from django.db import transaction

from incidents.models import Attachment
from tenancy.actions.keeping import forget
from tenancy.wall import refuse_unbound


@transaction.atomic
def forget_unfinished(*, before: datetime) -> int:
    """Delete what was uploaded before that instant and never became part of a record; return how many files."""
    refuse_unbound()
    waiting = Attachment.objects.filter(incident__isnull=True, at__lt=before)
    return forget(waiting.select_for_update(of=("self",), skip_locked=True))
