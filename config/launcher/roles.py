"""The database's roles: made in the embedded server, and looked at in every one before the app may use it."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from config.launcher.places import LOCKS, ROOT
from config.launcher.say import Stop

NAME = "stillwater"
OLDEST = 15
ROLES = {
    "owner": "LOGIN NOSUPERUSER BYPASSRLS",
    "app": "LOGIN NOSUPERUSER NOBYPASSRLS",
    "backup": "LOGIN NOSUPERUSER BYPASSRLS",
}
POWERS = ("is a superuser", "has BYPASSRLS", "owns tables", "owns the database")
COULD_BYPASS = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema)'),
    EXISTS (SELECT FROM pg_database d WHERE d.datname = current_database() AND d.datdba = r.oid)
FROM pg_roles r WHERE r.rolname = session_user OR pg_has_role(session_user, r.oid, 'MEMBER')
ORDER BY r.rolname <> session_user
"""


def url_for(role: str, password: str, port: int) -> str:
    """Return the role's way into the embedded database."""
    return f"postgres://{NAME}_{role}:{password}@127.0.0.1:{port}/{NAME}"


def make_roles(maintenance_url: str, passwords: dict[str, str], *, may_create_databases: bool = False) -> None:
    """Make what is missing of roles and database; the superuser is needed for nothing else."""
    with connected(maintenance_url) as connection:
        present = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role, powers in ROLES.items():
            if f"{NAME}_{role}" not in present:
                _make_role(connection, f"{NAME}_{role}", powers, passwords[role])
        if may_create_databases:
            connection.execute(f"ALTER ROLE {NAME}_owner CREATEDB")
        connection.execute(f"GRANT pg_read_all_data TO {NAME}_backup")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}_owner")
            connection.execute(f"REVOKE ALL ON DATABASE {NAME} FROM PUBLIC")
            connection.execute(f"GRANT CONNECT ON DATABASE {NAME} TO {NAME}_app, {NAME}_backup")


def _make_role(connection: "psycopg.Connection[Any]", name: str, powers: str, password: str) -> None:
    command = sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(
        sql.Identifier(name), sql.SQL(powers), sql.Literal(password)
    )
    connection.execute(command)


def check_wall(url: str) -> None:
    """Stop when the database can't be used, or when the app's role could see over the wall."""
    with connected(url) as connection:
        if connection.info.server_version < OLDEST * 10_000:
            version = connection.info.server_version // 10_000
            raise Stop(f"The database is PostgreSQL {version}; {OLDEST} or newer is needed.")
        for role, *answers in connection.execute(COULD_BYPASS):
            reasons = [words for words, holds in zip(POWERS, answers, strict=True) if holds]
            if reasons:
                raise Stop(
                    "The app's database role in DATABASE_URL could bypass the wall between organisations "
                    f"({role} {' and '.join(reasons)}): give the app a role of its own that can't."
                )


def check_owner(url: str) -> None:
    """Stop when the owner, as whom migrations work, can't be reached or is no owner."""
    with connected(url) as connection:
        query = "SELECT has_schema_privilege('public', 'CREATE'), current_user, current_database()"
        for may_create, role, database in connection.execute(query):
            if not may_create:
                raise Stop(
                    f"The role {role} of DATABASE_OWNER_URL may not make tables in {database}: let it own the database."
                )


def code_digest() -> str:
    """Return a digest of everything that migrations and the demo depend on."""
    digest = hashlib.sha256((LOCKS / "runtime.txt").read_bytes())
    rooms = [folder for folder in ROOT.iterdir() if (folder / "__init__.py").exists() and folder.name != "tests"]
    for path in sorted(file for room in rooms for file in room.rglob("*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def kept_state(maintenance_url: str) -> dict[str, Any]:
    """Return what was noted on the database itself, if its migrations are still those of then."""
    with connected(maintenance_url) as connection:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        row = connection.execute(query, [NAME]).fetchone()
    try:
        state: dict[str, Any] = json.loads(row[0]) if row and row[0] else {}
    except json.JSONDecodeError:
        return {}
    return state if state.get("migrations") == _migrations(maintenance_url) else {}


def keep_state(maintenance_url: str, **state: Any) -> None:
    """Note on the database itself what it holds; the note goes with it."""
    note = json.dumps({**state, "migrations": _migrations(maintenance_url)})
    with connected(maintenance_url) as connection:
        connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(NAME), sql.Literal(note)))


def _migrations(maintenance_url: str) -> str:
    with connected(maintenance_url.removesuffix("/postgres") + f"/{NAME}") as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE tablename = 'django_migrations'").fetchone():
            return str(connection.execute("SELECT count(*), max(id) FROM django_migrations").fetchone())
        return ""


@contextmanager
def connected(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """Talk to the database, every statement on its own; stop with one sentence when it does not answer."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Stop(
            "The database's address must start with postgres:// : the wall between organisations needs PostgreSQL."
        )
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Stop(f"The database at {parts.hostname}:{parts.port or 5432} can't be reached: {reason}") from error
    with connection:
        yield connection
