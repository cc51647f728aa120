"""Whether a column is one of many values: read from a query, or handed in."""

from collections.abc import Collection
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value


class _InArray(Func):
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Among(_InArray):
    """Whether a column is among the values of a query.

    Written as ``= ANY(ARRAY(...))``: beside an "or", PostgreSQL finds that by an index and ``IN`` or ``EXISTS`` by
    reading every row there is.
    """

    def __init__(self, column: str, values: "QuerySet[Any, Any]") -> None:
        super().__init__(F(column), ArraySubquery(values))


class OneOf(_InArray):
    """Whether a column of numbers is one of these: however many, it is one statement with one parameter."""

    def __init__(self, column: str, numbers: Collection[int]) -> None:
        super().__init__(F(column), Value(list(numbers), output_field=ArrayField(BigIntegerField())))
