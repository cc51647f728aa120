"""The product's addresses and the development pages; and one below which everything goes wrong."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls_dev import urlpatterns as shown

RAISED: dict[int, Exception] = {
    400: BadRequest("no"),
    403: PermissionDenied(),
    404: Http404(),
    500: RuntimeError("a view that fails, as it should"),
}


def goes_wrong(request: HttpRequest, status: int) -> HttpResponse:
    """Answer with this status, the way the product does."""
    if status in RAISED:
        raise RAISED[status]
    return render(request, f"{status}.html", status=status)


urlpatterns = [path("goes-wrong/<int:status>/", goes_wrong), *shown]
