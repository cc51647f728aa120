"""Stacks to back up and to restore into: a database and a folder of files each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.backup import tables
from config.backup.archive import Table
from tests import database


@dataclass(frozen=True)
class Stack:
    """One database with its files."""

    name: str
    files: Path
    settings: Any

    def enter(self) -> None:
        """Let the product work here."""
        database.connect_to(self.name)
        default = {**self.settings.STORAGES["default"], "OPTIONS": {"location": self.files}}
        self.settings.STORAGES = {**self.settings.STORAGES, "default": default}

    @contextmanager
    def another(self, files: Path) -> Iterator["Stack"]:
        """A stack with a database without tables, for as long as it is needed."""
        other = Stack(f"{self.name}_other", files, self.settings)
        with database.owner("postgres") as cursor:
            database.create(cursor, other.name, "template0")
        try:
            yield other
        finally:
            self.enter()
            with database.owner("postgres") as cursor:
                database.drop(cursor, other.name)

    def rows(self) -> dict[str, Table]:
        """What stands in every table."""
        with database.owner(self.name) as db:
            tables.prepare(db)
            return {name: tables.look(db, name, *found) for name, found in tables.shape(db).items()}

    def contents(self) -> dict[str, bytes]:
        """Every stored file."""
        return {
            str(path.relative_to(self.files)): path.read_bytes() for path in self.files.rglob("*") if path.is_file()
        }

    def rights(self) -> dict[str, list[Any]]:
        """Policies, grants, keys, functions and triggers, as the catalogue tells them."""
        with database.owner(self.name) as db:
            return {query: db.execute(query).fetchall() for query in CATALOGUE}


CATALOGUE = (
    "SELECT tablename, policyname, permissive, roles, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "SELECT relname, relacl::text[], relrowsecurity, relforcerowsecurity FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "SELECT oid::regprocedure::text, proacl::text[], prosecdef FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' "
    "AND sequencename !~ '^(django_migrations|django_session)' ORDER BY 1",
)
