"""What the worker does for problems, asked for by beat."""

import structlog
from celery import shared_task

from problems.actions.keeping import forget_unfinished
from problems.models import File
from problems.models.files import FOLDER
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
    found = leftovers.old_files(f"org-{organisation_id}/{FOLDER}", before=before)
    with bound(organisation_id):
        named = set(File.objects.filter(file__in=found).values_list("file", flat=True))
    leftovers.remove(found, named=named)
