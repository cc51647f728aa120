"""The second way through the wall, where no role may have BYPASSRLS: policies for two roles and nobody else.

The owner passes by a policy of its own, as it migrates and founds organisations. The functions that see over the wall
belong to the engine's role, which nobody can sign in as, and which may only read.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# Tables without row-level security that the functions read.
READ_BY_FUNCTIONS = ("tenancy_host",)
# Schemas of extensions whose operators the functions use.
USED_BY_FUNCTIONS = ("trigrams",)


def is_second_way() -> bool:
    """Return whether the connected owner needs policies to look over the wall; refuse where they have no engine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolbypassrls OR rolsuper, rolname FROM pg_roles WHERE rolname = current_user")
        bypasses, owner = cursor.fetchone()
        if bypasses:
            return False
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s AND NOT rolcanlogin "
            "AND pg_has_role(current_user, oid, 'USAGE'))",
            [settings.DATABASE_ENGINE_ROLE],
        )
        if not cursor.fetchone()[0]:
            raise ImproperlyConfigured(
                f"The owner {owner} has no BYPASSRLS: give it that, or name in DATABASE_ENGINE_ROLE a role with "
                "NOLOGIN of which the owner is a member (docs/operations.md)."
            )
    return True


def apply_passes() -> None:
    """Let the owner and the engine through, and hand the engine the functions that see over the wall."""
    quote = connection.ops.quote_name
    engine = quote(settings.DATABASE_ENGINE_ROLE)
    with connection.cursor() as cursor:
        for table in map(quote, _walled(cursor)):
            cursor.execute(f"DROP POLICY IF EXISTS wall_owner ON {table}")
            cursor.execute(f"CREATE POLICY wall_owner ON {table} TO CURRENT_USER USING (true) WITH CHECK (true)")
            cursor.execute(f"DROP POLICY IF EXISTS wall_engine ON {table}")
            cursor.execute(f"CREATE POLICY wall_engine ON {table} FOR SELECT TO {engine} USING (true)")
            cursor.execute(f"GRANT SELECT ON {table} TO {engine}")
        for table in READ_BY_FUNCTIONS:
            cursor.execute(f"GRANT SELECT ON {quote(table)} TO {engine}")
        for schema in _present(cursor, USED_BY_FUNCTIONS):
            cursor.execute(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {engine}")
        # A function's owner must be able to make one, for as long as it takes to become it.
        cursor.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {engine}")
        for function in _definers(cursor):
            cursor.execute(f"ALTER FUNCTION {function} OWNER TO {engine}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {engine}")


def _present(cursor: Any, schemas: tuple[str, ...]) -> list[str]:
    cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY (%s)", [list(schemas)])
    return [name for (name,) in cursor.fetchall()]


def _walled(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relrowsecurity"
    )
    return [name for (name,) in cursor.fetchall()]


def _definers(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
    )
    return [name for (name,) in cursor.fetchall()]
