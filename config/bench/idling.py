"""What a tick costs PostgreSQL while very many timers wait and none is due."""

from statistics import median
from typing import Any

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from tenancy.engine import works
from tenancy.wall import as_owner

TIMES = 50
KEYS = "SELECT conname FROM pg_constraint WHERE conrelid = 'incidents_timer'::regclass AND contype = 'f'"
# More than there are incidents, so they hang on none; where a tick looks, nobody asks what they hang on.
TIMERS = """
INSERT INTO incidents_timer (organisation_id, incident_id, due_at, attempts, last_error)
SELECT organisation, 1000000000 + g, now() + interval '1 hour' + random() * interval '30 days', 0, ''
FROM (SELECT array_agg(id) AS ids FROM tenancy_organisation) houses, generate_series(1, %s) g,
    LATERAL (SELECT houses.ids[1 + g %% cardinality(houses.ids)] AS organisation) whose
"""


def tick(order: dict[str, Any]) -> dict[str, Any]:
    """The database's time for an idle tick in ms, planning and all, as EXPLAIN ANALYZE tells.

    Such a tick asks each work which organisations have something due, and no more. The timers are laid out by their
    owner in a transaction that is taken back: nothing of them stays.
    """
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(KEYS)
        for (name,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE incidents_timer DROP CONSTRAINT {connection.ops.quote_name(name)}")
        cursor.execute(TIMERS, [order["timers"]])
        cursor.execute("ANALYZE incidents_timer")
        times = [sum(_cost(cursor, work.organisations) for work in works()) for _ in range(TIMES)]
        transaction.set_rollback(True)
    return {"milliseconds": median(times), "most": max(times)}


def _cost(cursor: Any, function: str) -> float:
    cursor.execute(SQL("EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM {}()").format(Identifier(function)))
    plan = cursor.fetchone()[0][0]
    return float(plan["Planning Time"] + plan["Execution Time"])
