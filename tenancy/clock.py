"""The one clock: PostgreSQL's, so that every process agrees; read once per action and handed down."""

from datetime import datetime

from django.db import connection


def now() -> datetime:
    """Return the instant, time-zone aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant
