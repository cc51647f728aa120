"""When what is set up takes effect: nothing begins to count by it while somebody changes it.

An edition holds from an instant that is read before it is committed. What began to count in between would go by the
edition before, and silently by the new one as soon as it is looked at again.
"""

from datetime import datetime

from django.db import connection

from tenancy.wall import current_organisation_id

_LOCK = "SELECT {}(hashtextextended('editions', %s)), clock_timestamp()"


def now_to_count() -> datetime:
    """Return the instant from which something counts by what holds; until the transaction ends nobody changes that."""
    return _under("pg_advisory_xact_lock_shared")


def now_to_change() -> datetime:
    """Return the instant from which a change holds; what would begin to count waits until the transaction ends.

    For the beginning of an action: but for the organisation, it holds nothing else yet.
    """
    return _under("pg_advisory_xact_lock")


def _under(lock: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(lock), [current_organisation_id()])
        instant: datetime = cursor.fetchone()[1]
    return instant
