"""A release is brought in while the former one runs: its migrations lock nothing for long and take nothing away."""

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tenancy.wall import as_owner
from tests.architecture.locks import complaints, statements_of

ROOMS = ("tenancy", "notifications", "incidents", "problems")
# What the first release's migrations may do: there is no row anywhere yet that they could lock. The list is closed with
# that release. Whatever is red after it has to be done in steps (docs/operations.md, "What a migration may do").
FIRST_RELEASE = {
    ("incidents", "0001_initial"): {"CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE"},
    ("incidents", "0002_search"): {"CREATE_INDEX"},
    ("incidents", "0003_long_lists"): {"CREATE_INDEX"},
    ("incidents", "0004_public_ids"): {"ADD_UNIQUE", "VOLATILE_DEFAULT"},
    ("incidents", "0005_more_public_ids"): {"ADD_UNIQUE", "VOLATILE_DEFAULT"},
    ("incidents", "0007_reference_of_unfinished"): {"ADD_UNIQUE"},
    ("incidents", "0013_escalations"): {"PROVED_AT_ONCE"},
    ("notifications", "0004_public_ids"): {"ADD_UNIQUE", "VOLATILE_DEFAULT"},
    ("notifications", "0005_bundles"): {"PROVED_AT_ONCE"},
    ("problems", "0008_files"): {"PROVED_AT_ONCE"},
    ("tenancy", "0003_public_ids"): {"ADD_UNIQUE", "VOLATILE_DEFAULT"},
    ("tenancy", "0008_more_public_ids"): {"ADD_UNIQUE", "VOLATILE_DEFAULT"},
}
FOUND = {key: one for key, one in MigrationLoader(None).disk_migrations.items() if key[0] in ROOMS}
MIGRATIONS = sorted(FOUND)
# What makes an index while people work shows its statements outside of a transaction only.
IN_THEIR_WAY = [
    pytest.param(*key, marks=pytest.mark.django_db(transaction=not FOUND[key].atomic), id="-".join(key))
    for key in MIGRATIONS
]


@pytest.mark.parametrize(("app", "name"), IN_THEIR_WAY)
def test_a_migration_locks_nothing_for_long(app: str, name: str) -> None:
    found = complaints(statements_of(app, name))
    assert found <= FIRST_RELEASE.get((app, name), set()), "see docs/operations.md, “What a migration may do”"


def test_the_list_of_exceptions_is_of_what_is_there() -> None:
    assert set(FIRST_RELEASE) <= set(MIGRATIONS)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('CREATE INDEX "i" ON "t" ("c");', "CREATE_INDEX"),
        ('DROP INDEX "i";', "DROP_INDEX"),
        ('ALTER TABLE "t" DROP COLUMN "c" CASCADE;', "DROP_COLUMN"),
        ('ALTER TABLE "t" RENAME COLUMN "c" TO "d";', "RENAME_COLUMN"),
        ('ALTER TABLE "t" ALTER COLUMN "c" TYPE bigint;', "ALTER_COLUMN"),
        ('ALTER TABLE "t" ADD COLUMN "c" integer NOT NULL;', "NOT_NULL"),
        ('ALTER TABLE "t" ADD COLUMN "c" uuid DEFAULT (GEN_RANDOM_UUID()) NOT NULL;', "VOLATILE_DEFAULT"),
        ('ALTER TABLE "t" ADD CONSTRAINT "u" UNIQUE ("organisation_id", "c");', "ADD_UNIQUE"),
        (
            'ALTER TABLE "t" ADD CONSTRAINT "k" FOREIGN KEY (organisation_id, "c_id") REFERENCES "x" '
            "(organisation_id, id);",
            "PROVED_AT_ONCE",
        ),
        ('ALTER TABLE "t" ADD CONSTRAINT "k" CHECK ("c" > 0);', "PROVED_AT_ONCE"),
        ('DROP TABLE "t" CASCADE;', "DROP_TABLE"),
    ],
)
def test_what_locks_or_breaks_is_found(statement: str, code: str) -> None:
    assert code in complaints(["BEGIN;", statement, "COMMIT;"])


@pytest.mark.parametrize(
    "statements",
    [
        ['CREATE INDEX CONCURRENTLY "i" ON "t" ("c");'],
        ["BEGIN;", 'ALTER TABLE "t" ADD COLUMN "c" integer NULL;', "COMMIT;"],
        ["BEGIN;", 'ALTER TABLE "t" ADD COLUMN "c" integer DEFAULT 0 NOT NULL;', "COMMIT;"],
        ['ALTER TABLE "t" ADD CONSTRAINT "k" FOREIGN KEY ("c") REFERENCES "x" ("id") NOT VALID;'],
        ['CREATE TABLE "t" ("id" bigint);', 'ALTER TABLE "t" ADD CONSTRAINT "k" CHECK ("c" > 0);'],
    ],
)
def test_what_is_done_in_steps_is_fine(statements: list[str]) -> None:
    assert complaints(statements) == set()


@pytest.mark.django_db(transaction=True)
def test_an_index_can_be_made_while_people_work() -> None:
    state = ProjectState.from_apps(MigrationLoader(None).project_state().apps)
    index = models.Index(fields=["organisation", "name"], name="tenancy_team_planted")
    add, remove = AddIndexConcurrently("team", index), RemoveIndexConcurrently("team", index.name)
    after = state.clone()
    add.state_forwards("tenancy", after)
    with as_owner():
        with connection.schema_editor(atomic=False) as editor:
            add.database_forwards("tenancy", editor, state, after)
        with connection.cursor() as cursor:
            cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'tenancy_team_planted'::regclass")
            assert cursor.fetchone() == (True,)
        with connection.schema_editor(atomic=False) as editor:
            remove.database_forwards("tenancy", editor, after, state)
