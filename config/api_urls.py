"""The API's addresses; whatever else stands under ``/api/`` is refused in its shape, too."""

from django.urls import include, path, re_path

from config.api_docs import Docs, Schema
from tenancy.api.views import NoSuchAddress

app_name = "api"
urlpatterns = [
    path("v1/", include("problems.api.urls")),
    path("v1/", include("incidents.api.urls")),
    path("v1/", include("tenancy.api.urls")),
    path("v1/schema/", Schema.as_view(), name="schema"),
    path("v1/docs/", Docs.as_view(), name="docs"),
    re_path("", NoSuchAddress.as_view(), name="nothing"),
]
