"""The worker's entrances: nudged after a commit, and swept by beat for whatever a nudge missed."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down

from notifications import delivery


@shared_task
def deliver() -> None:
    """Send what is due now; asked for after a commit."""
    delivery.deliver_due()


@shared_task
def sweep() -> None:
    """Send what is due now; asked for every two seconds."""
    delivery.deliver_due()


@worker_shutting_down.connect
def stop(**_facts: Any) -> None:
    """Finish the message that is on its way, and hand back what else was claimed."""
    delivery.stopping.set()
