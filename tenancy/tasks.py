"""What the worker does for this room, asked for by beat."""

from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings

from tenancy import clock, engine, leftovers
from tenancy.actions import retries, sealing, tidying
from tenancy.models import Organisation
from tenancy.wall import bound

log = structlog.get_logger(__name__)


@shared_task
def tick() -> None:
    """Do what is due now; asked for every second."""
    try:
        engine.tick()
    except engine.Unreachable as error:
        log.warning("nothing done: no database", failure=str(error))


@worker_shutting_down.connect
def stop(**_facts: Any) -> None:
    """Finish the batch that is under way, and begin no other."""
    engine.stopping.set()


@shared_task
def seal_trails() -> None:
    """Seal what has been written since the last time, one organisation after the other."""
    for organisation_id in Organisation.objects.order_by("id").values_list("id", flat=True):
        try:
            seal_all_of(organisation_id)
        except Exception:  # one organisation's trouble must not leave the others unsealed
            log.exception("trail not sealed", organisation=organisation_id)


def seal_all_of(organisation_id: int, *, from_the_start: bool = False) -> int:
    """Seal everything that is there, in short transactions; return how many entries that were."""
    total = 0
    while True:
        with bound(organisation_id):
            sealed = sealing.seal(at=clock.now(), from_the_start=from_the_start)
        total += sealed
        if sealed < sealing.BATCH:
            return total


@shared_task
def anchor_trails() -> None:
    """Say outside of the database how far each chain has come."""
    for organisation in Organisation.objects.order_by("id"):
        with bound(organisation.id):
            anchor = sealing.anchor(organisation, at=clock.now())
        if anchor:
            _keep(anchor.line())


def _keep(line: str) -> None:
    if not settings.TRAIL_ANCHORS:
        log.info("trail anchor", anchor=line)
        return
    with open(settings.TRAIL_ANCHORS, "a", encoding="ascii") as file:
        file.write(f"{line}\n")


@shared_task
def tidy() -> None:
    """Remove expired sessions, and logos that no organisation has any more."""
    at = clock.now()
    tidying.forget_sessions(at=at)
    for organisation_id in Organisation.objects.order_by("id").values_list("id", flat=True):
        found = leftovers.old_files(f"org-{organisation_id}", before=at - leftovers.OLD)
        named = set(Organisation.objects.filter(logo__in=found).values_list("logo", flat=True))
        leftovers.remove(found, named=named)


@shared_task
def forget_answers() -> None:
    """Sweep the answers that were kept for programs that ask again."""
    for organisation_id in Organisation.objects.order_by("id").values_list("id", flat=True):
        with bound(organisation_id):
            retries.forget()
