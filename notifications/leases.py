"""Whose a claimed message is: for as long as the process that claimed it lives, and hardly longer.

A lease is short, and renewed while its batch is under way: what a killed process held is free again after some seconds,
and however slow the mail server is, nobody else gets what is still on its way.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from django.db import connection

from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.wall import bound

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
RENEWED_EVERY = 4.0
# So soon it is tried again after a renewal has failed.
TRIED_AGAIN_AFTER = 1.0


@contextmanager
def kept(claimed: Sequence[OutboxMessage]) -> Iterator[None]:
    """Renew the lease of a batch, claimed at once for one organisation, until this is left."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=[claimed, done], name="leases", daemon=True)
    if claimed:
        keeper.start()
    try:
        yield
    finally:
        done.set()


def _keep(claimed: Sequence[OutboxMessage], done: threading.Event) -> None:
    organisation_id, ids, until = claimed[0].home_id, [message.pk for message in claimed], claimed[0].lease_until
    pause = RENEWED_EVERY
    try:
        while until and not done.wait(pause):
            try:
                until = _renew(organisation_id, ids, until)
                pause = RENEWED_EVERY
            except Exception as error:  # most likely the database is away, and then nobody else can claim either
                log.warning("leases not renewed", failure=type(error).__name__)
                connection.close()
                pause = TRIED_AGAIN_AFTER
    finally:
        connection.close()


def _renew(organisation_id: int, ids: list[int], until: datetime) -> datetime:
    """Let it end later, for what is still on its way; what somebody else has claimed meanwhile stays theirs."""
    with bound(organisation_id):
        later = clock.now() + LEASE
        held = OutboxMessage.objects.filter(pk__in=ids, state=OutboxMessage.State.SENDING, lease_until=until)
        held.update(lease_until=later)
    return later
