"""An API of a few lines, for the guards that every part of the real one stands behind."""

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from config.urls import urlpatterns as product
from tenancy.api.guards import GuardedView
from tenancy.models import Team


class Teams(GuardedView):
    """Reads with ``read``, adds with ``report``, and deletes with whatever a view takes that names nothing."""

    scopes = {"GET": "read", "POST": "report"}

    def get(self, request: Request) -> Response:
        asked: Any = request._request
        return Response({"member": asked.member.id, "language": asked.LANGUAGE_CODE})

    def post(self, request: Request) -> Response:
        asked: Any = request._request
        if request.data.get("name") == "bad":
            Team.objects.create(name="Half done")
            return Response({"title": "No"}, status=400)
        team = Team.objects.create(name=f"Team {Team.objects.count()}", description=request.data.get("name", ""))
        answer = Response({"id": team.pk, "by": asked.member.id}, status=201)
        answer["Location"] = f"/api/test/{team.pk}/"
        return answer

    def delete(self, request: Request) -> Response:
        return Response(status=204)


urlpatterns = [path("api/test/", Teams.as_view()), *product]
