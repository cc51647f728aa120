"""What the database's own catalogue says about the wall: each function returns its complaints."""

from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey

from tenancy.wall import TenantModel
from tenancy.wall.roles import FUNCTIONS, GLOBAL_GRANTS

Connection = psycopg.Connection[Any]

# Tables that belong to the installation, not to one organisation. The app's role may use those in GLOBAL_GRANTS.
GLOBAL = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_admin_log",
    "django_content_type",
    "django_migrations",
    "django_session",
    "mfa_authenticator",
    "tenancy_host",
    "tenancy_organisation",
    "tenancy_person",
    "usersessions_usersession",
}
WALL = "(organisation_id = (( SELECT current_setting('app.organisation_id'::text) AS current_setting))::bigint)"
OWN_ROW = WALL.replace("organisation_id =", "id =", 1)
APP = settings.DATABASES["default"]["USER"]


def tenant_tables(db: Connection) -> set[str]:
    """Tables with an organisation's rows."""
    found = db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in found} - GLOBAL


def unknown_tables(db: Connection) -> list[str]:
    """Every table is an organisation's, and says whose each row is, or is on the written list."""
    keyed = db.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE c.relnamespace = 'public'::regnamespace AND a.attname = 'organisation_id' AND a.attnotnull"
    ).fetchall()
    return [f"{name} is neither an organisation's nor global" for name in tenant_tables(db) - {one for (one,) in keyed}]


def unguarded_tables(db: Connection) -> list[str]:
    """Row-level security is on and forced, with our policy and no other."""
    state = db.execute(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchall()
    guarded = {name for name, on in state if on}
    wanted = {name: [("wall", "PERMISSIVE", "ALL", ["public"], WALL, WALL)] for name in tenant_tables(db)}
    wanted["tenancy_organisation"] = [
        ("wall", "PERMISSIVE", "UPDATE", ["public"], OWN_ROW, OWN_ROW),
        ("wall_read", "PERMISSIVE", "SELECT", ["public"], "true", None),
    ]
    complaints = [f"{name} has no forced row-level security" for name in wanted.keys() - guarded]
    for name, policies in wanted.items():
        found = db.execute(
            "SELECT policyname, permissive, cmd, roles, qual, with_check FROM pg_policies "
            "WHERE schemaname = 'public' AND tablename = %s ORDER BY policyname",
            [name],
        ).fetchall()
        complaints += [] if found == policies else [f"{name} has the policies {found}"]
    return complaints


KEYS = """
SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text, c.condeferrable,
  ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, o)
        JOIN pg_attribute ON attrelid = c.conrelid AND attnum = n ORDER BY o),
  ARRAY(SELECT attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, o)
        JOIN pg_attribute ON attrelid = c.confrelid AND attnum = n ORDER BY o)
FROM pg_constraint c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
"""


def loose_keys(db: Connection) -> list[str]:
    """Between organisations' tables there are composite keys only, and none is missing."""
    tenants = tenant_tables(db)
    complaints, held = [], set()
    for name, table, target, deferrable, columns, targets in db.execute(KEYS).fetchall():
        if table in tenants and target in tenants:
            composite = len(columns) == 2 and columns[0] == "organisation_id" and targets == ["organisation_id", "id"]
            held.add((table, columns[-1], target))
            complaints += [] if composite and not deferrable else [f"{name} on {table} is a plain key to {target}"]
        elif target in tenants:
            complaints.append(f"{name}: the global {table} points into {target}")
    wanted = {
        (model._meta.db_table, field.column, field.related_model._meta.db_table)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and issubclass(field.related_model, TenantModel)
    }
    return complaints + [f"{table}.{column} has no key to {target}" for table, column, target in wanted - held]


def foreign_uniques(db: Connection) -> list[str]:
    """What is unique is unique inside an organisation: the organisation comes first."""
    found = db.execute(
        "SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, a.attname FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid "
        "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indisunique AND NOT i.indisprimary AND c.relnamespace = 'public'::regnamespace"
    ).fetchall()
    tenants = tenant_tables(db)
    return [
        f"{index} on {table} starts with {first}"
        for table, index, first in found
        if table in tenants and first != "organisation_id"
    ]


def views(db: Connection) -> list[str]:
    """A view sees with its owner's eyes: there are none."""
    found = db.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    return [f"{name} is a view" for (name,) in found]


def loose_functions(db: Connection) -> list[str]:
    """Only the written functions exist; those that see over the wall look names up in a fixed place.

    An extension's stand in a schema of its own, which only the owner may use.
    """
    found = db.execute(
        "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig, "
        "has_function_privilege('public', p.oid, 'EXECUTE') "
        "FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
        "AND NOT (n.nspname = 'trigrams' AND EXISTS "
        "(SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'))"
    ).fetchall()
    (usable,) = db.execute("SELECT has_schema_privilege(%s, 'trigrams', 'USAGE')", [APP]).fetchone() or (True,)
    complaints = ["the app may use the schema trigrams"] if usable else []
    complaints += [f"{name} is missing" for name in set(FUNCTIONS) - {row[0] for row in found}]
    for name, definer, config, public in found:
        complaints += [f"{name} is not on the list"] if name not in FUNCTIONS else []
        complaints += [f"everybody may call {name}"] if public else []
        fixed = any(setting.startswith("search_path=pg_catalog") for setting in config or [])
        complaints += [f"{name} has no fixed search_path"] if definer and not fixed else []
    return complaints


def grants_beyond(db: Connection) -> list[str]:
    """The app's role has at most what is declared, nobody else has anything, and the trail is written once."""
    declared = {table: set(grants.split(", ")) for table, grants in GLOBAL_GRANTS.items()} | {
        model._meta.db_table: set(model.grants.split(", "))
        for model in apps.get_models()
        if issubclass(model, TenantModel)
    }
    complaints = [] if declared["tenancy_trailentry"] == {"SELECT", "INSERT"} else ["the trail can be rewritten"]
    found = db.execute(
        "SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), x.privilege_type FROM pg_class c, "
        "aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee "
        "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') "
        "AND x.grantee <> c.relowner"
    ).fetchall()
    for table, role, right in found:
        allowed = declared.get(table, set()) if role == APP else set()
        complaints += [] if right in allowed else [f"{role} has {right} on {table}"]
    owned = db.execute("SELECT relname FROM pg_class WHERE relowner = %s::regrole", [APP]).fetchall()
    created = db.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [APP]).fetchone()
    columns = db.execute(
        "SELECT attrelid::regclass::text FROM pg_attribute "
        "WHERE attacl IS NOT NULL AND attrelid::regclass::text !~ '^pg_'"
    ).fetchall()
    complaints += [f"the app owns {name}" for (name,) in owned] + [
        f"{name} has a grant on a column" for (name,) in columns
    ]
    return complaints + (["the app may create tables"] if created == (True,) else [])
