"""Requests that a program may send again: the first one's answer is kept, and given to those that follow."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable, UniqueViolation

from tenancy import clock
from tenancy.members import Member
from tenancy.models import KeptAnswer
from tenancy.wall import refuse_unbound

KEPT_FOR = timedelta(hours=24)
WAITS_FOR = "10s"


class StillAtIt(Exception):
    """The first request with this key is not done yet."""


def claim(member: Member, *, key: str, fingerprint: str) -> tuple[KeptAnswer, bool]:
    """Take the key for the request's transaction; return its row, and whether it is new.

    Whoever comes second waits until the first has committed, and finds its answer; or takes the key if the first
    failed. Raises `StillAtIt` when that takes too long.
    """
    refuse_unbound()
    try:
        with transaction.atomic():
            _wait_for_locks(f"'{WAITS_FOR}'")
            taken = KeptAnswer.objects.create(
                membership_id=member.id, key=key, fingerprint=fingerprint, made_at=clock.now()
            )
            _wait_for_locks("DEFAULT")
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        return KeptAnswer.objects.get(membership_id=member.id, key=key), False
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        raise StillAtIt from error
    return taken, True


def _wait_for_locks(long: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout TO {long}")


def keep(answer: KeptAnswer, *, status: int, headers: Mapping[str, str], body: str) -> None:
    """Write down what was answered."""
    refuse_unbound()
    answer.status, answer.headers, answer.body = status, dict(headers), body
    answer.save(update_fields=["status", "headers", "body"])


def forget(at: datetime | None = None) -> int:
    """Sweep what is older than a day; return how many there were."""
    refuse_unbound()
    count, _by_model = KeptAnswer.objects.filter(made_at__lt=(at or clock.now()) - KEPT_FOR).delete()
    return count
