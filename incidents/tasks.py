"""What the worker does for incidents, asked for by beat."""

import structlog
from celery import shared_task

from incidents.actions.tidying import forget_unfinished
from incidents.models import Attachment
from tenancy import clock, leftovers
from tenancy.models import Organisation
from tenancy.wall import bound

log = structlog.get_logger(__name__)


@shared_task
def tidy() -> None:
    """Remove, in every organisation, files of unfinished forms and files that no row names."""
    for organisation_id in Organisation.objects.order_by("id").values_list("id", flat=True):
        try:
            _tidy(organisation_id)
        except Exception:  # one organisation's trouble must not keep the others untidy
            log.exception("files not tidied", organisation=organisation_id)


def _tidy(organisation_id: int) -> None:
    before = clock.now() - leftovers.OLD
    with bound(organisation_id):
        forget_unfinished(before=before)
    found = leftovers.old_files(f"org-{organisation_id}/attachments", before=before)
    with bound(organisation_id):
        named = set(Attachment.objects.filter(file__in=found).values_list("file", flat=True))
    leftovers.remove(found, named=named)
