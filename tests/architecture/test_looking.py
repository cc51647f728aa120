"""Looking changes nothing: counted by the database itself, on every address."""

import pytest
from django.db import connection

from tests.architecture import matrix, sent
from tests.architecture.asking import ask
from tests.architecture.world import World

pytestmark = [pytest.mark.database, pytest.mark.slow]
LOOKS = [row for row in matrix.rows() if row.method == "GET"]
# What a visit may write of itself.
OWN = "django_session"
COUNT = (
    "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables "
    "WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
)


def written() -> dict[str, int]:
    """How many rows of which table this transaction has written, taken back or not."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return {table: rows for table, rows in cursor.fetchall() if table != OWN}


def test_the_database_counts_also_what_is_taken_back(world: World) -> None:
    before = written()
    form = sent.form(world, "incidents:portal-report", "-")
    path = sent.address(world, "incidents:portal-report", "-", "owner")
    assert ask(world.harbour, world.sessions["owner"], "POST", path, form).status == 302
    more = {table for table, rows in written().items() if rows > before.get(table, 0)}
    assert {"incidents_incident", "tenancy_trailentry", "notifications_outboxmessage"} <= more


@pytest.mark.parametrize("route", sorted({row.route for row in LOOKS}))
def test_looking_writes_no_row(route: str, world: World) -> None:
    for row in (row for row in LOOKS if row.route == route):
        for actor in row.expected:
            path = sent.address(world, row.route, "other" if row.target == "beyond" else row.target, actor)
            before = written()
            ask(world.harbour, world.sessions[actor], "GET", path)
            assert written() == before, (path, actor)
