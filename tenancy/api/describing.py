"""How the schema describes what all addresses have in common: the ways to say no, and who may ask."""

from functools import cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from tenancy.api import idempotency
from tenancy.api.pages import MOST
from tenancy.api.problems import MEDIA_TYPE

ALWAYS = (400, 401, 403, 404, 406, 422, 429, 500, 503)
WRITING = (409, 412, 413, 415)


class Problem(serializers.Serializer):
    """What went wrong (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="The status in words.")
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="A word for programs; it keeps its meaning for ever.")
    detail = serializers.CharField(help_text="A sentence for people, in the asker's language.")
    errors = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="What is wrong with each field; what is wrong with all of it stands under an empty name.",
    )


def _header(description: str) -> dict[str, Any]:
    return {"schema": {"type": "string"}, "description": description}


# What may stand beside any answer, and beside some.
LIMITS = {
    "RateLimit-Policy": _header('Whose limit it is, how many requests, and in how many seconds: `"token";q=600;w=60`.'),
    "RateLimit": _header('How many are left, and for how many seconds: `"token";r=598;t=42`.'),
}
SOME_HEADERS = {
    "200": {"Idempotent-Replayed": _header("`true` where this was answered before, to the same Idempotency-Key.")},
    "201": {"Idempotent-Replayed": _header("`true` where this was answered before, to the same Idempotency-Key.")},
    "401": {"WWW-Authenticate": _header("`Bearer`.")},
    "403": {"WWW-Authenticate": _header("Which scope the token lacks, where that is the reason.")},
    "409": {"Retry-After": _header("In how many seconds the first request with the key will be done.")},
    "429": {"Retry-After": _header("In how many seconds one may ask again.")},
}


class Described(AutoSchema):
    """Adds to every operation how it may be refused, and to every answer its headers."""

    def get_override_parameters(self) -> list[Any]:
        """The view's own, and for what writes the key that keeps it from being done twice."""
        return [*super().get_override_parameters(), *([idempotency.PARAMETER] if self.method == "POST" else [])]

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation as drf-spectacular sees it, with what our base view adds."""
        operation = super().get_operation(*args, **kwargs)
        if operation:
            self._add_problems(operation["responses"])
        return operation

    def _add_problems(self, responses: dict[str, Any]) -> None:
        schema = self.resolve_serializer(Problem, "response").ref
        for status in (*ALWAYS, *(WRITING if self.method == "POST" else ())):
            content = {MEDIA_TYPE: {"schema": schema}}
            responses.setdefault(str(status), {"description": HTTPStatus(status).phrase, "content": content})
        for status, answer in responses.items():
            answer["headers"] = {**answer.get("headers", {}), **LIMITS, **SOME_HEADERS.get(status, {})}


@cache
def page_of(shape: type[serializers.Serializer]) -> serializers.Serializer:
    """Describe a page of such rows; the same one wherever there are such pages."""
    last = "The address of the next page; null on the last."
    fields = {
        "results": shape(many=True),
        "next": serializers.CharField(allow_null=True, help_text=last),
    }
    return inline_serializer(f"{shape.__name__}Page", fields)


PAGING = [
    OpenApiParameter("cursor", str, description="Where a page begins; taken from ``next``, never made up."),
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MOST}, description="Rows on a page."),
]
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag at hand: 304 while it still holds."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag one decided on: 412 when it has changed since."
)
NOT_MODIFIED = OpenApiResponse(description="What you have still holds.")
