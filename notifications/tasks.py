"""The worker's entrances: nudged after a commit, and swept by beat for whatever a nudge missed."""

from celery import shared_task

from notifications import delivery


@shared_task
def deliver() -> None:
    """Send what is due now; asked for after a commit."""
    delivery.deliver_due()


@shared_task
def sweep() -> None:
    """Send what is due now; asked for every two seconds."""
    delivery.deliver_due()
