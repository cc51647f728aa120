"""The wall on a managed PostgreSQL, where no role may have BYPASSRLS: set up by the words of docs/operations.md."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test import Client

from config.backup import tables
from config.launcher.memory import free_port
from config.launcher.places import ROOT
from config.launcher.postgres import FORGETFUL, Cluster
from incidents.models import Incident
from notifications.delivery import _organisations_with_due_mail
from tenancy import members
from tenancy.models import Organisation
from tenancy.wall import bound, check_role
from tests import database
from tests.architecture import catalog
from tests.factories import PASSWORD, MembershipFactory, RoleGrantFactory
from tests.incidents.factories import reported

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SQL = re.search(r"```sql\n(-- the second way.*?)```", (ROOT / "docs" / "operations.md").read_text(), re.DOTALL)


@pytest.fixture
def managed(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Cluster]:
    """A server whose administrator is no superuser; the product works in its database."""
    home = tmp_path / "postgres"
    cluster = Cluster(home, free_port(), "topmost", tmp_path, FORGETFUL)
    cluster.make()
    server = cluster.start()
    before = {name: connection.settings_dict[name] for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
    try:
        set_up(cluster)
        point_to(cluster, settings)
        yield cluster
    finally:
        connection.close()
        connection.close_pool()
        connection.settings_dict.update(before)
        database.connect_to(before["NAME"])
        cluster.stop(server)


def set_up(cluster: Cluster) -> None:
    """What the provider gives, and then what the documentation tells to type."""
    with psycopg.connect(cluster.maintenance_url, autocommit=True) as topmost:
        topmost.execute("CREATE ROLE master LOGIN CREATEDB CREATEROLE PASSWORD 'x'")
    assert SQL is not None
    with psycopg.connect(f"postgres://master:x@127.0.0.1:{cluster.port}/postgres", autocommit=True) as master:
        for statement in SQL[1].replace("'...'", "'x'").split(";"):
            if statement.strip():
                master.execute(statement.encode())


def point_to(cluster: Cluster, settings: Any) -> None:
    """Let the product work there, as if the environment said so."""
    address = f"127.0.0.1:{cluster.port}/stillwater"
    settings.DATABASE_URL = f"postgres://stillwater_app:x@{address}"
    settings.DATABASE_OWNER_URL = f"postgres://stillwater_owner:x@{address}"
    settings.DATABASE_ENGINE_ROLE = "stillwater_engine"
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(cluster.port), USER="stillwater_app", PASSWORD="x")
    database.connect_to("stillwater")


def add(slug: str) -> Organisation:
    call_command(
        "organisation",
        "add",
        slug,
        "--name",
        slug.title(),
        "--host",
        f"{slug}.testserver",
        "--admin-mail",
        "nia@x.example",
    )
    return Organisation.objects.get(slug=slug)


def test_from_an_empty_database_to_a_restored_backup(managed: Cluster, tmp_path: Path, settings: Any) -> None:
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
    call_command("migrate", verbosity=0)
    call_command("migrate", verbosity=0)  # and again, as after every release
    assert check_role(connection) == ""
    harbour, quill = add("harbour"), add("quill")
    with bound(harbour.id):
        staff = members.load(RoleGrantFactory(membership=MembershipFactory(name="Ada")).membership, harbour)
        incident = reported(staff, title="Lamp of harbour")
    _the_wall_stands(managed, harbour, quill)
    _the_functions_see_over_it(harbour, quill)
    browser = Client(SERVER_NAME="harbour.testserver")
    assert browser.post("/account/login/", {"login": staff.mail, "password": PASSWORD}).status_code == 302
    page = browser.get("/desk/incidents/?q=lamp")
    assert incident.label in page.text
    call_command("backup", str(tmp_path / "desk.zip"))
    with database.owner() as db:
        tables.prepare(db)
        before = {name: tables.look(db, name, *found) for name, found in tables.shape(db).items()}
    _restored(managed, tmp_path, before)


def _the_wall_stands(managed: Cluster, harbour: Organisation, quill: Organisation) -> None:
    with bound(quill.id):
        assert not Incident.objects.exists()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM incidents_incident")
            assert cursor.fetchone() == (0,)
    with pytest.raises(Exception, match=r"app\.organisation_id|bigint"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incidents_incident")
    with database.owner() as db:
        rules = [catalog.unknown_tables, catalog.loose_keys, catalog.foreign_uniques, catalog.loose_functions]
        assert [rule(db) for rule in rules] == [[] for _rule in rules]
        assert db.execute("SELECT rolname FROM pg_roles WHERE rolbypassrls").fetchall() == [("postgres",)]
        told = db.execute(
            "SELECT DISTINCT policyname::text, roles::text[], cmd, qual FROM pg_policies "
            "WHERE policyname NOT IN ('wall', 'wall_read') ORDER BY 1"
        ).fetchall()
        assert told == [
            ("wall_engine", ["stillwater_engine"], "SELECT", "true"),
            ("wall_owner", ["stillwater_owner"], "ALL", "true"),
        ]
        created = db.execute("SELECT has_schema_privilege('stillwater_engine', 'public', 'CREATE')").fetchone()
        assert created == (False,)


def _the_functions_see_over_it(harbour: Organisation, quill: Organisation) -> None:
    assert set(_organisations_with_due_mail()) >= {harbour.id}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_figures()")
        assert cursor.fetchone()
    with bound(harbour.id), connection.cursor() as cursor:
        cursor.execute("SELECT likeness > 0.5 FROM incidents_like('A lamp of harbour', '', '{new}', 5)")
        assert cursor.fetchall() == [(True,)], "with the operators of an extension"
    with database.owner() as db:
        owners = db.execute(
            "SELECT DISTINCT proowner::regrole::text FROM pg_proc "
            "WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        ).fetchall()
        assert owners == [("stillwater_engine",)]


def _restored(managed: Cluster, tmp_path: Path, before: dict[str, Any]) -> None:
    connection.close()
    connection.close_pool()
    with psycopg.connect(f"postgres://master:x@127.0.0.1:{managed.port}/postgres", autocommit=True) as master:
        master.execute("ALTER DATABASE stillwater RENAME TO former")
        master.execute("CREATE DATABASE stillwater OWNER stillwater_owner")
    call_command("restore", str(tmp_path / "desk.zip"))
    with database.owner() as db:
        tables.prepare(db)
        assert {name: tables.look(db, name, *found) for name, found in tables.shape(db).items()} == before
    assert check_role(connection) == ""


def test_an_owner_that_can_not_pass_is_told_so(managed: Cluster, settings: Any) -> None:
    for unfit in ("", "stillwater_app", "nobody_here"):
        settings.DATABASE_ENGINE_ROLE = unfit
        with pytest.raises(ImproperlyConfigured, match="DATABASE_ENGINE_ROLE"):
            call_command("migrate", verbosity=0)


def test_an_app_that_is_let_through_is_found_out(managed: Cluster) -> None:
    call_command("migrate", verbosity=0)
    with psycopg.connect(f"postgres://master:x@127.0.0.1:{managed.port}/postgres", autocommit=True) as master:
        master.execute("GRANT stillwater_engine TO stillwater_app")
    assert "has a policy of its own" in check_role(connection)
