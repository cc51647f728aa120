"""The API's addresses; whatever else stands under ``/api/`` is refused in its shape, too."""

from django.urls import include, path, re_path

from tenancy.api.views import NoSuchAddress

app_name = "api"
urlpatterns = [
    path("v1/", include("tenancy.api.urls")),
    re_path("", NoSuchAddress.as_view(), name="nothing"),
]
