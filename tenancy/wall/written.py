"""Readings whose SQL Django writes once: writing it anew for each page took longer than all its templates."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.compiler import SQLCompiler
from django.db.models import Model, QuerySet

from tenancy.wall.binding import current_organisation_id, standing_in

M = TypeVar("M", bound=Model)
One = int | str | datetime | UUID
Value = One | tuple[int, ...] | None
Word = bool | str | tuple[str, ...]
# No statement has such a number of its own; small enough for every column of numbers.
_ORGANISATION = 2_147_480_000


EVERY = 10


def is_turn_of(calls: Iterator[int]) -> bool:
    """Whether a test compares at this call: at each of the first ones, and now and then for as long as it is called."""
    call = next(calls)
    return call < EVERY or call % EVERY == 0


class _Compiler(SQLCompiler):
    """Django's, with a statement that is finished already."""

    finished: tuple[str, tuple[Any, ...]] | None = None

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, tuple[Any, ...]]:
        return self.finished or super().as_sql(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement, and which of its parameters are values to fill in: by their place, the organisation by -1."""

    queryset: QuerySet[Any]
    compiler: _Compiler
    sql: str
    params: tuple[Any, ...]
    places: tuple[int | None, ...]
    calls: Iterator[int] = field(default_factory=count)

    def fill(self, values: Sequence[Value]) -> tuple[Any, ...]:
        """The parameters with these values."""
        return tuple(
            param if place is None else current_organisation_id() if place < 0 else _handed(values[place])
            for param, place in zip(self.params, self.places, strict=True)
        )

    def rows(self, values: Sequence[Value]) -> Iterator[Any]:
        """Ask, and make of the rows what the QuerySet would."""
        compiler = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # of this thread
        compiler.finished = self.sql, self.fill(values)
        query = SimpleNamespace(get_compiler=lambda using: compiler)
        asked: Any = SimpleNamespace(
            db=DEFAULT_DB_ALIAS, query=query, model=self.queryset.model, _known_related_objects={}
        )
        found: Any = self.queryset._iterable_class(asked)
        return iter(found)


class Written(Generic[M]):
    """A QuerySet of records, to be asked with other values again and again; its SQL is written at the first time.

    ``make`` builds it from the values, and is handed stand-ins for them: so the SQL can't depend on a value, nor what
    one member sees on what another one may. What does decide the SQL, a word like ``sees_all=True``, is handed as it is
    and has a statement of its own; so has every number of values, and a None among them. A tuple of numbers, for
    `OneOf`, is one value. The bound organisation is filled in like a value. Nothing else may go into it: no clock, no
    language, no setting, no rights. While tests run, each is written anew at its first calls and at every tenth from
    then on, and compared.
    """

    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self._make = make
        self._plans: dict[Any, _Plan] = {}

    def __call__(self, *values: Value, **words: Word) -> list[M]:
        """The records that there are for these values."""
        key = tuple(map(type, values)), *words.items()
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._write(values, words)
        if settings.COMPARE_STATEMENTS and is_turn_of(plan.calls):
            _compare(plan, values, self._make(*values, **words))
        return list(plan.rows(values))

    def first(self, *values: Value, **words: Word) -> M | None:
        """The first of them, or None; ``make`` sees to it that there aren't many."""
        return next(iter(self(*values, **words)), None)

    def _write(self, values: Sequence[Value], words: dict[str, Word]) -> _Plan:
        stand_ins = [_stand_in(value, place) for place, value in enumerate(values)]
        with standing_in(_ORGANISATION):
            queryset = self._make(*stand_ins, **words)
            compiler = _Compiler(queryset.query, connections[DEFAULT_DB_ALIAS], DEFAULT_DB_ALIAS)
            sql, params = compiler.as_sql()
        known: dict[Any, int] = {_key(one): place for place, one in enumerate(stand_ins) if one is not None}
        places = tuple((known | {_ORGANISATION: -1}).get(_key(one)) for one in params)
        if not set(known.values()) <= set(places):
            raise TypeError(f"Not every value is one of the statement: {sql}")
        return _Plan(queryset, compiler, sql, tuple(params), places)


def _stand_in(value: Value, place: int) -> Value:
    if value is None:
        return None
    if isinstance(value, int):
        return _ORGANISATION + 1 + place
    if isinstance(value, tuple):
        return (_ORGANISATION + 1 + place,)
    if isinstance(value, UUID):
        return UUID(int=_ORGANISATION + 1 + place)
    return datetime(3000 + place, 1, 1, tzinfo=UTC) if isinstance(value, datetime) else f"stands for value {place}"


def _handed(value: Value) -> Any:
    """As PostgreSQL takes it: many numbers are an array."""
    return list(value) if isinstance(value, tuple) else value


def _key(param: Any) -> Any:
    """What a parameter is known by; nothing, if no value is like it."""
    match param:
        case [int(number)]:
            return "many", number
    return param if isinstance(param, One) else None


def _compare(plan: _Plan, values: Sequence[Value], queryset: QuerySet[Any]) -> None:
    sql, params = queryset.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    if (sql, tuple(params)) != (plan.sql, plan.fill(values)):
        raise AssertionError(f"Written once: {plan.sql}\nNow: {sql}")
