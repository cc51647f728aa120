"""Inserts whose SQL Django writes once, as `tenancy.wall.written` has it for readings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model
from django.db.models.constants import OnConflict
from django.db.models.expressions import DatabaseDefault
from django.db.models.sql import InsertQuery

from tenancy.wall.written import is_turn_of


@dataclass(frozen=True, slots=True)
class Conflict:
    """What becomes of a row that is there already: it stays as it is, or its ``update`` columns are written over.

    ``unique`` names the columns that make it the same.
    """

    unique: tuple[str, ...] = ()
    update: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    fields: tuple[Any, ...]
    sql: str
    calls: Iterator[int] = field(default_factory=count)


_plans: dict[Any, _Plan] = {}


def insert(row: Model, conflict: Conflict | None = None) -> None:
    """Insert a row as ``save(force_insert=True)`` does, or as ``bulk_create`` does with a conflict.

    No signals are sent, as there are none in this house. Where nothing can conflict the row gets its number.
    """
    fields = _given(row)
    key = type(row), conflict, fields
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = _Plan(fields, _write(row, fields, conflict))
    if settings.COMPARE_STATEMENTS and is_turn_of(plan.calls):
        now = _write(row, fields, conflict)
        if plan.sql != now:
            raise AssertionError(f"Written once: {plan.sql}\nNow: {now}")
    connection = connections[DEFAULT_DB_ALIAS]
    values = [one.get_db_prep_save(one.pre_save(row, True), connection) for one in fields]
    with connection.cursor() as cursor:
        cursor.execute(plan.sql, values)
        if conflict is None:
            (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _given(row: Model) -> "tuple[Field[Any, Any], ...]":
    """The columns that have a value; the database fills in the others."""
    found: Iterable[Any] = row._meta.concrete_fields
    return tuple(
        one for one in found if not one.primary_key and not isinstance(getattr(row, one.attname), DatabaseDefault)
    )


def _write(row: Model, fields: Sequence[Any], conflict: Conflict | None) -> str:
    more: dict[str, Any] = {}
    if conflict is not None:
        how = OnConflict.UPDATE if conflict.update else OnConflict.IGNORE
        meta: Any = row._meta
        more = {
            "on_conflict": how,
            "update_fields": [meta.get_field(name) for name in conflict.update],
            "unique_fields": [meta.get_field(name) for name in conflict.unique],
        }
    query = InsertQuery(type(row), **more)
    query.insert_values(list(fields), [row])
    compiler: Any = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = [] if conflict is not None else [row._meta.pk]
    ((sql, _params),) = compiler.as_sql()
    return str(sql)
