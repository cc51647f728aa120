"""What an organisation says about its desk: services for all, categories and types for staff."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.models import Category, IncidentType, Service
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.listing import Listing, named
from tenancy.api.people import Named


class ServiceShape(serializers.Serializer):
    """What people rely on."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    criticality = serializers.ChoiceField(Service.Criticality.values)
    team = Named(allow_null=True)


class CategoryShape(serializers.Serializer):
    """A branch of the tree of topics."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    path = serializers.CharField()
    active = serializers.BooleanField()


class TypeShape(serializers.Serializer):
    """A kind of report."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_request = serializers.BooleanField()
    active = serializers.BooleanField()


def _service(one: dict[str, Any]) -> dict[str, Any]:
    plain = {name: one[name] for name in ("name", "description", "criticality")}
    return {"id": str(one["public_id"]), **plain, "team": named(one, "owner_team")}


def _category(one: dict[str, Any]) -> dict[str, Any]:
    return {"id": str(one["public_id"]), "name": one["name"], "path": one["path"], "active": one["is_active"]}


def _type(one: dict[str, Any]) -> dict[str, Any]:
    plain = {name: one[name] for name in ("name", "is_request")}
    return {"id": str(one["public_id"]), **plain, "active": one["is_active"]}


class Services(Listing):
    """What may be reported about."""

    shape = _service

    @extend_schema(
        operation_id="services",
        parameters=[*PAGING, IF_NONE_MATCH],
        responses={200: page_of(ServiceShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The services that a report may name."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """The active ones."""
        owner = ("owner_team__public_id", "owner_team__name")
        return Service.objects.filter(is_active=True).values("public_id", "name", "description", "criticality", *owner)


class Categories(Listing):
    """The tree of topics, for staff."""

    shape = _category
    order = ("path", "public_id")

    @extend_schema(
        operation_id="categories",
        parameters=[*PAGING, IF_NONE_MATCH],
        responses={200: page_of(CategoryShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The topics that an incident may be filed under."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        self.member.require("desk.enter")
        return Category.objects.values("public_id", "name", "path", "is_active")


class Types(Listing):
    """The kinds of report, for staff."""

    shape = _type

    @extend_schema(
        operation_id="types",
        parameters=[*PAGING, IF_NONE_MATCH],
        responses={200: page_of(TypeShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The kinds that an incident may be of."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        self.member.require("desk.enter")
        return IncidentType.objects.values("public_id", "name", "is_request", "is_active")
