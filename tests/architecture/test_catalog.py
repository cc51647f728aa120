"""The wall as PostgreSQL's catalogue shows it; each guard is also seen to fall."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import DataError, connection, transaction

from tenancy.models import Organisation
from tenancy.wall import bound
from tests import database
from tests.architecture import catalog
from tests.architecture.catalog import Connection
from tests.factories import TeamFactory

pytestmark = pytest.mark.django_db
RULES = [
    catalog.unknown_tables,
    catalog.unguarded_tables,
    catalog.loose_keys,
    catalog.foreign_uniques,
    catalog.views,
    catalog.loose_functions,
    catalog.grants_beyond,
]
ORGANISATION = "organisation_id bigint NOT NULL REFERENCES tenancy_organisation"
PLANTED = [
    (catalog.unknown_tables, "CREATE TABLE planted (id bigint)"),
    (catalog.unknown_tables, "CREATE TABLE planted (organisation_id bigint)"),
    (catalog.unguarded_tables, f"CREATE TABLE planted ({ORGANISATION})"),
    (catalog.unguarded_tables, "ALTER TABLE tenancy_team DISABLE ROW LEVEL SECURITY"),
    (catalog.unguarded_tables, "ALTER TABLE tenancy_team NO FORCE ROW LEVEL SECURITY"),
    (catalog.unguarded_tables, "DROP POLICY wall ON tenancy_team"),
    (catalog.unguarded_tables, "CREATE POLICY hole ON tenancy_team USING (true)"),
    (catalog.unguarded_tables, "ALTER POLICY wall ON tenancy_team USING (true)"),
    (
        catalog.unguarded_tables,
        "ALTER POLICY wall ON tenancy_team WITH CHECK "
        "(organisation_id = current_setting('app.organisation_id', true)::bigint)",
    ),
    (catalog.unguarded_tables, "CREATE POLICY more ON tenancy_organisation FOR DELETE USING (true)"),
    (
        catalog.loose_keys,
        "ALTER TABLE tenancy_teamseat ADD CONSTRAINT planted FOREIGN KEY (team_id) REFERENCES tenancy_team",
    ),
    (catalog.loose_keys, "ALTER TABLE tenancy_teamseat DROP CONSTRAINT tenancy_teamseat_team_key"),
    (catalog.loose_keys, "ALTER TABLE tenancy_host ADD COLUMN team_id bigint REFERENCES tenancy_team"),
    (catalog.foreign_uniques, "ALTER TABLE tenancy_team ADD CONSTRAINT planted UNIQUE (name)"),
    (catalog.foreign_uniques, "CREATE UNIQUE INDEX planted ON tenancy_team (lower(name), organisation_id)"),
    (catalog.views, "CREATE VIEW planted AS SELECT * FROM tenancy_team"),
    (catalog.views, "CREATE MATERIALIZED VIEW planted AS SELECT * FROM tenancy_team"),
    (catalog.loose_functions, "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'"),
    (catalog.loose_functions, "GRANT EXECUTE ON FUNCTION organisations_of(bigint) TO PUBLIC"),
    (catalog.loose_functions, "ALTER FUNCTION organisations_of(bigint) RESET search_path"),
    (catalog.loose_functions, "ALTER FUNCTION organisations_of(bigint) SET search_path = public, pg_catalog"),
    (catalog.grants_beyond, f"GRANT UPDATE ON tenancy_trailentry TO {catalog.APP}"),
    (catalog.grants_beyond, f"GRANT TRUNCATE ON tenancy_team TO {catalog.APP}"),
    (catalog.grants_beyond, f"GRANT INSERT ON tenancy_organisation TO {catalog.APP}"),
    (catalog.grants_beyond, f"GRANT SELECT ON django_admin_log TO {catalog.APP}"),
    (catalog.grants_beyond, "GRANT SELECT ON tenancy_team TO PUBLIC"),
    (catalog.grants_beyond, f"GRANT UPDATE (facts) ON tenancy_trailentry TO {catalog.APP}"),
]


@pytest.fixture
def owner() -> Iterator[Connection]:
    """The owner's connection, in a transaction that is rolled back."""
    with database.owner() as opened, opened.transaction(force_rollback=True):
        yield opened


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_wall_stands(rule: Callable[[Connection], list[str]], owner: Connection) -> None:
    assert rule(owner) == []


@pytest.mark.parametrize(("rule", "hole"), PLANTED, ids=[hole[:60] for _rule, hole in PLANTED])
def test_a_hole_is_found(rule: Callable[[Connection], list[str]], hole: str, owner: Connection) -> None:
    owner.execute(hole)
    assert rule(owner) != []


@pytest.mark.parametrize("statement", ["SELECT count(*) FROM tenancy_team", "DELETE FROM tenancy_team"])
def test_nothing_is_seen_and_nothing_is_counted_without_an_organisation(statement: str, harbour: Organisation) -> None:
    with bound(harbour.id):
        TeamFactory()  # reading an empty table from end to end asks nobody's leave
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.organisation_id', '', true)")
            with pytest.raises(DataError, match="bigint") as error, transaction.atomic():
                cursor.execute(statement)
    assert isinstance(error.value.__cause__, psycopg.Error)
