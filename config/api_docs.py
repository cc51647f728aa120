"""The API described: for programs as OpenAPI, for people as a page."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from tenancy.api.views import OpenView

MEDIA_TYPE = "application/vnd.oai.openapi+json"


@cache
def described() -> dict[str, Any]:
    """The schema: the same for everybody, so it is worked out once."""
    with translation.override("en"):
        schema: dict[str, Any] = SchemaGenerator(urlconf="config.urls").get_schema(request=None, public=True)
    return schema


class Schema(OpenView):
    """The schema for programs."""

    def get(self, request: Request) -> HttpResponse:
        """All of it."""
        return HttpResponse(JSONRenderer().render(described()), content_type=MEDIA_TYPE)


class Docs(OpenView):
    """The page for people."""

    def get(self, request: Request) -> HttpResponse:
        """Examples to copy, and every address with what it takes and answers."""
        context = {
            "home": request.build_absolute_uri("/").rstrip("/"),
            "schema_url": reverse("api:schema"),
            "chapters": chapters(described()),
        }
        return render(request._request, "api/docs.html", context)


def chapters(schema: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations, by what they are about."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            shown = {"method": method.upper(), "path": path, **_operation(schema, operation)}
            found.setdefault(operation["tags"][0], []).append(shown)
    return found


def _operation(schema: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    media_type = next(iter(content), "")
    return {
        "id": operation["operationId"],
        "summary": operation.get("summary", ""),
        "words": operation.get("description", ""),
        "parameters": [
            {"name": one["name"], "place": one["in"], "type": _type(one["schema"]), "words": one.get("description", "")}
            for one in operation.get("parameters", ())
        ],
        "media_type": media_type,
        "fields": _fields(schema, content[media_type]["schema"]) if media_type else [],
        "answers": {status: _fields(schema, _good(answer)) for status, answer in operation["responses"].items()
                    if status.startswith("2")},
    }  # fmt: skip


def _good(answer: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = answer.get("content", {})
    shapes: list[dict[str, Any]] = [one["schema"] for one in content.values()]
    return shapes[0] if shapes else {}


def _fields(schema: dict[str, Any], shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object, wherever it is described."""
    shape = _resolved(schema, shape.get("items", shape))
    needed = shape.get("required", ())
    return [
        {"name": name, "type": _type(one), "words": one.get("description", ""), "needed": name in needed}
        for name, one in shape.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    name = shape.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = schema["components"]["schemas"][name] if name else shape
    return found


def _type(shape: dict[str, Any]) -> str:
    """A type in a word or two: ``date-time``, ``new | closed``, ``list of Named``."""
    if "enum" in shape:
        return " | ".join(str(one) for one in shape["enum"])
    if reference := shape.get("$ref"):
        return str(reference).rpartition("/")[2]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in shape:
            return " | ".join(_type(one) for one in shape[several])
    kinds = shape.get("type", "anything")
    if kinds == "array":
        return f"list of {_type(shape.get('items', {}))}"
    return str(shape.get("format") or (" | ".join(kinds) if isinstance(kinds, list) else kinds))
