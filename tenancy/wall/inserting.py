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
from psycopg.types.json import Jsonb

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
    sql: str
    calls: Iterator[int] = field(default_factory=count)


_plans: dict[Any, _Plan] = {}


def insert(row: Model, conflict: Conflict | None = None) -> None:
    """Insert a row as ``save(force_insert=True)`` does, or as ``bulk_create`` does with a conflict.

    No signals are sent, as there are none in this house. Where nothing can conflict the row gets its number. What it
    refers to was saved before it was said so.
    """
    fields = _given(row)
    values = [one.get_db_prep_save(one.pre_save(row, True), connections[DEFAULT_DB_ALIAS]) for one in fields]
    _carry_out(_written([row], fields, conflict), values, [row])


def insert_all(rows: Sequence[Model], conflict: Conflict | None = None) -> None:
    """Do `insert` for rows of one model, in one statement for all that leave the same columns to the database.

    Each column is one parameter, so it is the same statement however many they are.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    for fields, found in _alike(rows).items():
        if len(found) == 1:
            insert(found[0], conflict)
        else:
            columns = [[one.get_db_prep_save(one.pre_save(row, True), connection) for row in found] for one in fields]
            _carry_out(_written(found[:2], fields, conflict), [_array(column) for column in columns], found)


def _array(column: list[Any]) -> Any:
    """A column as one parameter; many JSON values are one JSON text, for quoting each took longer than writing it."""
    if all(isinstance(value, Jsonb) for value in column):
        return Jsonb([value.obj for value in column], dumps=column[0].dumps)
    return column


def _alike(rows: Iterable[Model]) -> "dict[tuple[Field[Any, Any], ...], list[Model]]":
    found: dict[Any, list[Model]] = {}
    for row in rows:
        found.setdefault(_given(row), []).append(row)
    return found


def _written(rows: Sequence[Model], fields: tuple[Any, ...], conflict: Conflict | None) -> str:
    """The statement for one row, or for as many as there are; for these two stand."""
    key = type(rows[0]), len(rows), conflict, fields
    plan = _plans.get(key)
    if plan is None:
        plan = _plans[key] = _Plan(_write(rows, fields, conflict))
    if settings.COMPARE_STATEMENTS and is_turn_of(plan.calls):
        now = _write(rows, fields, conflict)
        if plan.sql != now:
            raise AssertionError(f"Written once: {plan.sql}\nNow: {now}")
    return plan.sql


def _carry_out(sql: str, values: list[Any], rows: Sequence[Model]) -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, values)
        if cursor.description:
            for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = number
    for row in rows:
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _given(row: Model) -> "tuple[Field[Any, Any], ...]":
    """The columns that have a value; the database fills in the others."""
    found: Iterable[Any] = row._meta.concrete_fields
    return tuple(
        one for one in found if not one.primary_key and not isinstance(getattr(row, one.attname), DatabaseDefault)
    )


def _write(rows: Sequence[Model], fields: Sequence[Any], conflict: Conflict | None) -> str:
    meta: Any = rows[0]._meta
    more: dict[str, Any] = {}
    if conflict is not None:
        how = OnConflict.UPDATE if conflict.update else OnConflict.IGNORE
        more = {
            "on_conflict": how,
            "update_fields": [meta.get_field(name) for name in conflict.update],
            "unique_fields": [meta.get_field(name) for name in conflict.unique],
        }
    query = InsertQuery(type(rows[0]), **more)
    query.insert_values(list(fields), list(rows))
    compiler: Any = query.get_compiler(DEFAULT_DB_ALIAS)
    compiler.returning_fields = [] if conflict is not None else [meta.pk]
    ((sql, params),) = compiler.as_sql()
    if len(params) != len(fields):
        raise TypeError(f"Not one parameter a column: {sql}")
    return str(sql).replace("(%s)::jsonb[]", "ARRAY(SELECT jsonb_array_elements(%s))")
