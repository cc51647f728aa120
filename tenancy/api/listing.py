"""A list of the API: which rows, in which order, in which shape."""

from collections.abc import Callable
from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.api.pages import Order, page, refuse_unknown
from tenancy.api.views import MemberView, tagged


class Listing(MemberView):
    """One list; a room's lists say what is in it."""

    order: ClassVar[Order] = ("name", "public_id")
    parameters: ClassVar[frozenset[str]] = frozenset()
    shape: ClassVar[Callable[[Any], dict[str, Any]]]

    def rows(self, request: Request) -> Any:
        """What the member may see of it, as a QuerySet of dicts."""
        raise NotImplementedError

    def get(self, request: Request, **_place: Any) -> Response:
        """One page."""
        refuse_unknown(request, self.parameters)
        return tagged(request, page(request, self.rows(request), self.order, type(self).shape))


def named(row: dict[str, Any], prefix: str, label: str = "name") -> dict[str, str] | None:
    """A record that another one names, out of the columns ``prefix__…``: its id and what it is called."""
    found = row[f"{prefix}__public_id"]
    return {"id": str(found), "name": row[f"{prefix}__{label}"]} if found else None
