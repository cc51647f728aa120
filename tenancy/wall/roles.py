"""The database's roles: the owner migrates, the app works behind the wall, and neither stands in for the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

# Tables of others that the app works with; all else (Django's admin log, groups, permissions) it can't touch.
GLOBAL_GRANTS = {
    "tenancy_person": "SELECT, INSERT, UPDATE",
    "tenancy_organisation": "SELECT, UPDATE",
    "tenancy_host": "SELECT",
    "account_emailaddress": "SELECT, INSERT, UPDATE, DELETE",
    "account_emailconfirmation": "SELECT, INSERT, UPDATE, DELETE",
    "mfa_authenticator": "SELECT, INSERT, UPDATE, DELETE",
    "usersessions_usersession": "SELECT, INSERT, UPDATE, DELETE",
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "django_content_type": "SELECT",
    "django_migrations": "SELECT",
}
FUNCTIONS = (
    "organisations_of(bigint)",
    "organisations_with_due_mail()",
    "organisations_with_due_timers()",
    "organisations_with_due_links()",
    "organisations_with_due_problems()",
    "organisations_with_due_scans()",
    "outbox_figures()",
    "timer_figures()",
    "link_figures()",
    "problem_timer_figures()",
    "scan_figures()",
    "incidents_matching(text)",
    "incidents_like(text,text,text[],integer)",
    "articles_matching(text,boolean,integer)",
    "articles_like(text,boolean,integer)",
    "message_sent(bigint,integer)",
)
"""The allow-list of functions: they see over the wall, search behind it by an index, or have their plan kept."""


@contextmanager
def as_owner() -> Iterator[None]:
    """Talk to the database as its owner: for migrations, and for an operator's commands."""
    if not settings.DATABASE_OWNER_URL:
        raise ImproperlyConfigured("Set DATABASE_OWNER_URL: this command works as the database's owner.")
    owner = urlsplit(settings.DATABASE_OWNER_URL)
    mine = connection.settings_dict
    # The owner goes to the server itself, also where the app goes through a pooler.
    theirs = {
        "USER": unquote(owner.username or ""),
        "PASSWORD": unquote(owner.password or ""),
        "HOST": owner.hostname or mine["HOST"],
        "PORT": str(owner.port or ""),
        "OPTIONS": {key: value for key, value in mine["OPTIONS"].items() if key != "pool"},
    }
    kept = {key: mine[key] for key in theirs}
    _become(theirs)
    try:
        yield
    finally:
        _become(kept)


def _become(who: dict[str, Any]) -> None:
    connection.close()
    connection.settings_dict.update(who)


def apply_grants() -> None:
    """Give the app's role exactly what is declared, on every table and function of the schema."""
    role = _app_role()
    declared = GLOBAL_GRANTS | {
        model._meta.db_table: model.grants
        for model in apps.get_models(include_auto_created=True)
        if hasattr(model, "grants")
    }
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(role)
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {quoted}")
        cursor.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {quoted}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted}")
        present = set(connection.introspection.table_names(cursor))
        for table, grants in declared.items():
            if table in present:
                cursor.execute(f"GRANT {grants} ON {connection.ops.quote_name(table)} TO {quoted}")
        for function in FUNCTIONS:
            cursor.execute("SELECT to_regprocedure(%s)", [f"public.{function}"])
            if cursor.fetchone()[0]:
                cursor.execute(f"GRANT EXECUTE ON FUNCTION public.{function} TO {quoted}")


def _app_role() -> str:
    return str(unquote(urlsplit(settings.DATABASE_URL).username or ""))


def check_role(connection: BaseDatabaseWrapper) -> str:
    """Return why the connected role could bypass the wall, in one sentence; empty when it can't."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, pg_has_role(current_user, d.datdba, 'MEMBER'), "
            "EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public' "
            "AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')), "
            "EXISTS (SELECT FROM pg_policy, unnest(polroles) AS role "
            "WHERE role <> 0 AND pg_has_role(current_user, role, 'MEMBER')) "
            "FROM pg_roles, pg_database d WHERE rolname = current_user AND d.datname = current_database()"
        )
        name, is_superuser, bypasses, owns_database, owns_tables, has_pass = cursor.fetchone()
    reason = {
        "is a superuser": is_superuser,
        "has BYPASSRLS": bypasses,
        "owns the database": owns_database,
        "owns its tables": owns_tables,
        "has a policy of its own": has_pass,
    }
    told = [words for words, holds in reason.items() if holds]
    return (
        f"The database role {name} could bypass the wall between organisations: it {' and '.join(told)}."
        if told
        else ""
    )
