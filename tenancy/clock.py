"""The one clock: PostgreSQL's, so that every process agrees; read once per action and handed down."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models.functions import Now


class Instant(Now):
    """PostgreSQL's clock, read once per query: an index can't be searched by a value that moves on."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(SELECT clock_timestamp())", **context)


def now() -> datetime:
    """Return the instant, time-zone aware."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        instant: datetime = cursor.fetchone()[0]
    return instant
