"""What the worker does for incidents, asked for by beat."""

from celery import shared_task

from incidents.actions.tidying import forget_unfinished
from incidents.models import Attachment
from incidents.models.conversation import FOLDER
from tenancy.actions.keeping import sweep


@shared_task
def tidy() -> None:
    """Remove files that no incident has."""
    sweep(Attachment, FOLDER, forget_unfinished)
