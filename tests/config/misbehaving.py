"""The product's addresses, views and tasks that fail with everything they know in their words, and slow ones."""

import logging
import time

from celery import shared_task
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as product
from tenancy.models import Membership
from tenancy.wall import bound


def raises(request: HttpRequest, told: str) -> HttpResponse:
    try:
        raise ValueError(f"{request.POST} {request.headers} {request.COOKIES}")
    except ValueError as error:
        raise RuntimeError(f"{told} {error}") from error


def breaks_a_row(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::bigint", [request.POST["title"]])
    return HttpResponse()


def doubles_a_row(request: HttpRequest) -> HttpResponse:
    for _turn in range(2):
        Membership.objects.create(name=request.POST["title"], mail=request.POST["email"])
    return HttpResponse()


def tells(request: HttpRequest) -> HttpResponse:
    """A library that logs a sentence around what it was given."""
    logging.getLogger("somebody.else").warning("Nobody knows %s (%s)", request.POST["title"], request.POST["email"])
    logging.getLogger("somebody.else").warning(f"Nobody knows {request.POST['email']} with {request.headers}")
    return HttpResponse()


def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(float(request.GET["for"]))
    return HttpResponse("all of it")


@shared_task
def fail(told: str, organisation_id: int) -> None:
    with bound(organisation_id):
        raise RuntimeError(told)


urlpatterns = [
    path("test/raises/<str:told>/", raises),
    path("test/breaks-a-row/", breaks_a_row),
    path("test/doubles-a-row/", doubles_a_row),
    path("test/tells/", tells),
    path("test/slow/", slow),
    *product,
]
