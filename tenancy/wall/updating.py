"""Updates of many rows at once, each to values of its own: Django writes a ``CASE`` with a ``WHEN`` for every value."""

from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from psycopg import sql

from tenancy.wall.binding import current_organisation_id

_UPDATE = sql.SQL(
    "UPDATE {table} SET {changes} FROM UNNEST({arrays}) AS given ({columns}) "
    "WHERE {table}.organisation_id = %s AND {table}.{key} = given.{key}"
)


def update_all(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one model, as ``bulk_update`` does, in one statement with a parameter a column.

    Rows that are gone, or of another organisation, are passed over.
    """
    if not rows:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    meta: Any = rows[0]._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    columns = [[one.get_db_prep_save(one.pre_save(row, False), connection) for row in rows] for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(_write(meta.db_table, fields), [*columns, current_organisation_id()])


def _write(table: str, fields: Sequence[Any]) -> sql.Composed:
    key, *written = [sql.Identifier(one.column) for one in fields]
    return _UPDATE.format(
        table=sql.Identifier(table),
        key=key,
        columns=sql.SQL(", ").join([key, *written]),
        changes=sql.SQL(", ").join(sql.SQL("{0} = given.{0}").format(one) for one in written),
        arrays=sql.SQL(", ").join(sql.SQL("(%s)::{}[]").format(_sort(one)) for one in fields),
    )


def _sort(column: Any) -> sql.SQL:
    """What it is to PostgreSQL, of any length: what is too long shall be refused, not cut."""
    return sql.SQL(column.db_type(connections[DEFAULT_DB_ALIAS]).partition("(")[0])
