"""Whether the process lives and may be given visitors; answered before anything else is touched."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from tenancy.wall import check_role


class HealthMiddleware:
    """Answers ``/health/live`` and ``/health/ready`` on any host, outside any organisation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/health/live":
            return JsonResponse({"status": "alive"})
        if request.path == "/health/ready":
            return _ready()
        return self.get_response(request)


def _ready() -> HttpResponse:
    try:
        complaint = check_role(connection)
    except Exception:  # whatever keeps us from the database, visitors can't be served
        return JsonResponse({"status": "the database does not answer"}, status=503)
    finally:
        connection.close()
    if complaint:
        return JsonResponse({"status": complaint}, status=503)
    return JsonResponse({"status": "ready"})
