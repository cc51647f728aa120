"""The API described: for programs as OpenAPI, for people as a page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """The schema, the same for everybody."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes = ()
    permission_classes = ()


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page: examples to copy, and the schema to look things up in."""
    context = {"home": request.build_absolute_uri("/").rstrip("/"), "schema_url": reverse("api:schema")}
    return render(request, "api/docs.html", context)
