"""The database's tables as COPY's text: written from one snapshot, read back with keys and triggers laid aside."""

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from config.backup.archive import Digest, Table, Unusable

Connection = psycopg.Connection[Any]

# Migrations write their own; sessions are the keys of people who are signed in, and no backup's business.
LEFT_OUT = {"django_migrations", "django_session"}
# Rows that migrations make.
FURNISHED = {"django_content_type", "auth_permission"}

# Whatever the server's own are: the same rows make the same text.
FORMS = (
    "SET client_encoding = 'UTF8'", "SET TimeZone = 'UTC'", "SET DateStyle = 'ISO, YMD'",
    "SET IntervalStyle = 'postgres'", "SET extra_float_digits = 1", "SET bytea_output = 'hex'",
)  # fmt: skip
TABLES = """
SELECT c.relname, ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND attnum > 0
  AND NOT attisdropped AND attgenerated = '' ORDER BY attnum),
  ARRAY(SELECT attname::text FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(n, o), pg_attribute a
  WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = n ORDER BY o)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
# Tables of which the connected role would read the bound organisation's rows only.
HIDDEN = """
SELECT c.relname FROM pg_class c, pg_roles r
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND r.rolname = current_user
AND NOT r.rolbypassrls AND NOT r.rolsuper AND NOT EXISTS (
  SELECT FROM pg_policy p, unnest(p.polroles) AS role WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*')
  AND pg_get_expr(p.polqual, p.polrelid) = 'true'
  AND CASE role WHEN 0 THEN true ELSE pg_has_role(current_user, role, 'USAGE') END)
"""
KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname
"""
FORCED = """
SELECT oid::regclass::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity
"""
TRIGGERED = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace
"""


def prepare(db: Connection) -> None:
    """Have the same forms everywhere, and see every row or refuse."""
    for statement in FORMS:
        db.execute(statement)
    if hidden := [name for (name,) in db.execute(HIDDEN).fetchall()]:
        raise Unusable(
            f"The database role {db.info.user} may not look over the wall between organisations ({hidden[0]}): set "
            "DATABASE_BACKUP_URL to a role that may, see docs/operations.md."
        )


def shape(db: Connection) -> dict[str, tuple[list[str], list[str]]]:
    """Columns and primary key of every table that goes into a backup."""
    return {name: (columns, key) for name, columns, key in db.execute(TABLES).fetchall() if name not in LEFT_OUT}


def rows_out(db: Connection, table: str, columns: list[str], key: list[str]) -> Iterator[bytes]:
    """The table's rows as text, one chunk a row."""
    query = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _names(columns), sql.Identifier("public", table), _names(key)
    )
    with db.cursor() as cursor, cursor.copy(query) as copy:
        for row in copy:
            yield bytes(row)


def rows_in(db: Connection, table: str, columns: list[str], chunks: Iterable[bytes]) -> None:
    """Fill the table."""
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier("public", table), _names(columns))
    with db.cursor() as cursor, cursor.copy(query) as copy:
        for chunk in chunks:
            copy.write(chunk)


def emptying(table: str) -> sql.Composed:
    """The statement that empties a table."""
    return sql.SQL("DELETE FROM {}").format(sql.Identifier("public", table))


def look(db: Connection, table: str, columns: list[str], key: list[str]) -> Table:
    """What stands in the table now."""
    digest, rows = Digest(), 0
    for row in rows_out(db, table, columns, key):
        digest.add(row)
        rows += 1
    return Table(digest.bytes, digest.sha256, rows, columns)


def sequences(db: Connection) -> dict[str, int]:
    """How far every sequence has come. They know no snapshot: read them after the rows."""
    query = "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public'"
    return {name: value for name, value in db.execute(query).fetchall() if value is not None}


def set_sequences(db: Connection, values: dict[str, int]) -> None:
    """Let the sequences go on from there."""
    for name, value in values.items():
        db.execute("SELECT setval(%s::regclass, %s)", [f'public."{name}"', value])


def filled(db: Connection) -> list[str]:
    """Tables with rows that no migration made."""
    names = [name for name in shape(db) if name not in FURNISHED]
    query = sql.SQL("SELECT EXISTS (SELECT FROM {})")
    answers = [(name, db.execute(query.format(sql.Identifier("public", name))).fetchone()) for name in names]
    return [name for name, answer in answers if answer == (True,)]


class LaidAside:
    """Keys between tables, forced row-level security and triggers, out of the way for the length of a transaction."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._keys = db.execute(KEYS).fetchall()
        self._forced = [name for (name,) in db.execute(FORCED).fetchall()]
        self._triggered = [name for (name,) in db.execute(TRIGGERED).fetchall()]

    def __enter__(self) -> None:
        for table, name, _definition in self._keys:
            self._run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for table in self._forced:
            self._run(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for table in self._triggered:
            self._run(f"ALTER TABLE {table} DISABLE TRIGGER USER")

    def __exit__(self, failure: object, *_rest: object) -> None:
        if failure:  # the transaction is rolled back
            return
        for table, name, definition in self._keys:
            self._run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table in self._triggered:
            self._run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table in self._forced:
            self._run(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")

    def _run(self, statement: str) -> None:
        """Names come quoted from the catalogue."""
        self._db.execute(statement.encode())


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
