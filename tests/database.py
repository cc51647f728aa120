"""The suite's databases: the owner makes and empties them, the tests work in them as the app's role."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from tenancy.actions.founding import found
from tenancy.drafts import Founding
from tenancy.models import calendars
from tenancy.wall import as_owner

# Names this run's databases; set by the first process, inherited by those that pytest-xdist starts.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))
PREFIX = f"test_{settings.DATABASES['default']['NAME']}_{RUN}_"
TEMPLATE = f"{PREFIX}template"
# Filled by migrations, the same in every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@contextmanager
def owner(database: str = "") -> Iterator[psycopg.Connection[Any]]:
    """Connect as the owner, past the wall; every statement commits by itself."""
    name = database or connection.settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=name, autocommit=True) as opened:
        opened.execute("SET lock_timeout = '20s'")
        yield opened


def make(worker: str) -> None:
    """Clone this worker's database from the run's template, which the first to come migrates; then connect to it."""
    mine = f"{PREFIX}{worker}"
    with owner("postgres") as cursor, _one_at_a_time(cursor):
        if not cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            _migrate_template(cursor)
        create(cursor, mine, TEMPLATE)
    connect_to(mine)


def drop_all() -> None:
    """Remove every database of this run."""
    connection.close()
    connection.close_pool()
    with psycopg.connect(settings.DATABASE_URL, dbname="postgres", autocommit=True) as app:
        # What a thread has left open; the owner may not end another role's connections.
        app.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE starts_with(datname, %s) AND usename = current_user",
            [PREFIX],
        )
    with owner("postgres") as cursor:
        for (name,) in cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        ).fetchall():
            drop(cursor, name)


def empty() -> None:
    """Truncate what a committing test left behind, which the app's role may not, and furnish anew."""
    connection.close()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True, include_swapped=False)}
    with owner() as cursor:
        present = {name for (name,) in cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        names = sql.SQL(", ").join(map(sql.Identifier, sorted((tables & present) - KEPT)))
        cursor.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
    calendars._kept.cache_clear()  # the same ids name others from now on, as they never do outside of tests
    _furnish()


@contextmanager
def _one_at_a_time(cursor: psycopg.Connection[Any]) -> Iterator[None]:
    cursor.execute("SET lock_timeout = '5min'")  # whoever came first migrates meanwhile
    cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [TEMPLATE])
    try:
        yield
    finally:
        cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [TEMPLATE])


def _migrate_template(cursor: psycopg.Connection[Any]) -> None:
    fresh = f"{PREFIX}fresh"
    create(cursor, fresh, "template0")
    connect_to(fresh)
    call_command("migrate", verbosity=0, interactive=False)
    _furnish()
    connection.close_pool()
    cursor.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(fresh), sql.Identifier(TEMPLATE)))


def _furnish() -> None:
    """Found the two organisations that every test has, as an operator does."""
    with as_owner():
        for slug in ("harbour", "quill"):
            found(Founding(slug=slug, name=slug.title(), hosts=(f"{slug}.testserver",)))


def create(cursor: psycopg.Connection[Any], name: str, template: str) -> None:
    """Make a database anew."""
    drop(cursor, name)
    cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))


def drop(cursor: psycopg.Connection[Any], name: str) -> None:
    """Remove a database, if it exists, and whoever is in it."""
    gone = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        cursor.execute(gone + sql.SQL(" WITH (FORCE)"))
    except psycopg.errors.InsufficientPrivilege:
        # The server's own sweeper is in there, or another role on its way out: without force, it is waited for.
        cursor.execute(gone)


def connect_to(name: str) -> None:
    """Let the product work in this database."""
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
