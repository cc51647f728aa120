"""Long lists in pages that neither skip nor repeat a row while others are being added."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

USUAL, MOST = 50, 200
PARAMETERS = frozenset({"cursor", "limit"})

Order = Sequence[str]
"""Names of columns, "-" before one that falls; together they are unique. None of them may be NULL or a row's id."""


def page(request: Request, rows: Any, order: Order, shape: Callable[[Any], Any]) -> dict[str, Any]:
    """Return one page of ``rows`` (a QuerySet of dicts) in this order, and the address of the next.

    The cursor is the last row's place in the order, signed: what comes back is ours.
    """
    limit = limit_of(request)
    signer = Signer(salt=f"cursor {' '.join(order)}")
    if cursor := request.query_params.get("cursor"):
        rows = rows.filter(_beyond(order, _read(signer, cursor)))
    found = list(rows.order_by(*order)[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return {
        "results": [shape(row) for row in found[:limit]],
        "next": _address(request, signer.sign_object(_place(order, last))) if last else None,
    }


def appended(request: Request, rows: Any, shape: Callable[[list[Any]], list[Any]]) -> dict[str, Any]:
    """Return one page of what only ever grows at its end, in its own order; ``shape`` takes all rows at once.

    The cursor is how many came before: nothing is ever put between them, or taken out.
    """
    limit, signer = limit_of(request), Signer(salt="cursor of what is appended")
    cursor = request.query_params.get("cursor")
    start = _read(signer, cursor)[0] if cursor else 0
    found = list(rows[start : start + limit + 1])
    return {
        "results": shape(found[:limit]),
        "next": _address(request, signer.sign_object([start + limit])) if len(found) > limit else None,
    }


def limit_of(request: Request) -> int:
    """How many rows are wanted on a page."""
    text = request.query_params.get("limit", str(USUAL))
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= MOST):
        raise ValidationError({"limit": [_("Write a number from 1 to %(most)s.") % {"most": MOST}]})
    return int(text)


def _read(signer: Signer, cursor: str) -> list[Any]:
    try:
        return list(signer.unsign_object(cursor))
    except BadSignature as error:
        raise ValidationError({"cursor": [_("Take the address of the next page as it was given.")]}) from error


def _place(order: Order, row: Mapping[str, Any]) -> list[Any]:
    values = (row[name.removeprefix("-")] for name in order)
    return [value.isoformat() if isinstance(value, datetime) else _plain(value) for value in values]


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


def _beyond(order: Order, place: Sequence[Any]) -> Q:
    """Behind that place: later in the first column, or the same there and later in the next, and so on.

    The first column stands alone once more: that is a range of an index, the "or"s are not.
    """
    behind, same = Q(), Q()
    for column, value in zip(order, place, strict=True):
        name = column.removeprefix("-")
        behind |= same & Q(**{f"{name}__{'lt' if column[0] == '-' else 'gt'}": value})
        same &= Q(**{name: value})
    first = order[0].removeprefix("-")
    return Q(**{f"{first}__{'lte' if order[0][0] == '-' else 'gte'}": place[0]}) & behind


def _address(request: Request, cursor: str) -> str:
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def refuse_unknown(request: Request, known: frozenset[str], *, paged: bool = True) -> None:
    """Refuse a query that asks for something we would not heed."""
    if unknown := sorted(set(request.query_params) - known - (PARAMETERS if paged else frozenset())):
        raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})
