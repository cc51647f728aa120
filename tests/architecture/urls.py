"""The product's addresses, and views that fail after they wrote."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from config.urls import urlpatterns as product
from tenancy.models import Membership, Team

# What was to be done after a commit, and was.
PROMISED: list[str] = []


def works(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Stays")
    transaction.on_commit(partial(PROMISED.append, "works"))
    return HttpResponse("done")


def raises(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half done")
    transaction.on_commit(partial(PROMISED.append, "raises"))
    raise RuntimeError("a view that fails")


def finds_nothing(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half done")
    raise Http404


def denies(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half done")
    raise PermissionDenied


def answers_503(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half done")
    return HttpResponse(status=503)


def breaks_at_commit(request: HttpRequest) -> HttpResponse:
    Team.objects.create(name="Half done")
    Membership.objects.create(name="Nobody's", person_id=4_000_000)
    return HttpResponse("not yet known to fail")


class Refuses(APIView):
    """DRF turns the exception into an answer long before any middleware sees it."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> HttpResponse:
        Team.objects.create(name="Half done")
        raise ValidationError("no")


urlpatterns = [
    path("test/works/", works),
    path("test/raises/", raises),
    path("test/finds-nothing/", finds_nothing),
    path("test/denies/", denies),
    path("test/answers-503/", answers_503),
    path("test/breaks-at-commit/", breaks_at_commit),
    path("test/refuses/", Refuses.as_view()),
    *product,
]
