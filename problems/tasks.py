"""What the worker does for problems, asked for by beat."""

from celery import shared_task

from problems.actions.keeping import forget_unfinished
from problems.models import File
from problems.models.files import FOLDER
from tenancy.actions.keeping import sweep


@shared_task
def tidy() -> None:
    """Remove files that no problem has."""
    sweep(File, FOLDER, forget_unfinished)
