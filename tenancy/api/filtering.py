"""What a list can be narrowed and ordered by: names of ours, never of a column."""

from collections.abc import Iterable, Mapping
from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from tenancy.api.pages import Order
from tenancy.bounds import NOT_AFTER, NOT_BEFORE


def order_of(request: Request, orders: Mapping[str, Order], usual: str) -> Order:
    """The order that was asked for, or the usual one."""
    name = request.query_params.get("order", usual)
    if name not in orders:
        raise ValidationError({"order": [_("Choose one of: %(names)s.") % {"names": ", ".join(orders)}]})
    return orders[name]


def narrowed(kind: type[FilterSet], request: Request, rows: Any) -> Any:
    """The rows that the query asks for."""
    chosen = kind(request.query_params, queryset=rows)
    if not chosen.is_valid():
        raise ValidationError({name: [str(text) for text in said] for name, said in chosen.errors.items()})
    return chosen.qs


def moment(field: str, lookup: str) -> django_filters.IsoDateTimeFilter:
    """A filter by a point in time."""
    return django_filters.IsoDateTimeFilter(field_name=field, lookup_expr=lookup, validators=[NOT_BEFORE, NOT_AFTER])


def record(name: str) -> django_filters.UUIDFilter:
    """A filter by the public id of a record that is named."""
    return django_filters.UUIDFilter(field_name=f"{name}__public_id")


def several(values: Iterable[str]) -> django_filters.MultipleChoiceFilter:
    """A filter by one of a few words, or several of them."""
    return django_filters.MultipleChoiceFilter(choices=[(one, one) for one in values], distinct=False)


def yes_or_no(method: str) -> django_filters.ChoiceFilter:
    """A filter by ``true`` or ``false``."""
    return django_filters.ChoiceFilter(method=method, choices=[("true", "true"), ("false", "false")])


def described(name: str, words: str, kind: Any = str, **more: Any) -> OpenApiParameter:
    """How the schema tells of a filter."""
    return OpenApiParameter(name, kind, description=words, **more)


def described_several(name: str, values: Iterable[str], words: str) -> OpenApiParameter:
    """How the schema tells of a filter by several words."""
    return described(name, words, {"type": "array", "items": {"type": "string", "enum": list(values)}})
