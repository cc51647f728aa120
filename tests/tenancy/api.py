"""An API of a few lines, for the guards that every part of the real one stands behind."""

from collections.abc import Callable
from typing import Any

from django.urls import path
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import urlpatterns as product
from tenancy.api.guards import GuardedView
from tenancy.models import Team

# Called in the midst of adding a team called "held".
held: list[Callable[[], None]] = []


class No(APIException):
    """A view that refuses by raising."""

    status_code = 422


class Teams(GuardedView):
    """Reads with ``read``, adds with ``report``, and deletes with what a method takes that is not named."""

    scopes = {"GET": "read", "POST": "report"}
    permission_classes = (IsAuthenticated,)

    def get(self, request: Request) -> Response:
        asked: Any = request._request
        return Response({"member": asked.member.id, "language": asked.LANGUAGE_CODE})

    def post(self, request: Request) -> Response:
        asked: Any = request._request
        name = request.data.get("name", "")
        team = Team.objects.create(name=f"Team {Team.objects.count()}", description=name)
        match name:
            case "bad":
                return Response({"title": "No"}, status=400)
            case "raises":
                raise No
            case "breaks":
                raise RuntimeError("a bug")
            case "held":
                [hold() for hold in held]
        file = request.data.get("file")
        body = {"id": team.pk, "by": asked.member.id, "file": file.read().decode() if file else None}
        return Response(body, status=201, headers={"Location": f"/api/test/{team.pk}/"})

    def delete(self, request: Request) -> Response:
        return Response(status=204)


urlpatterns = [path("api/test/", Teams.as_view()), *product]
