"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path

from tenancy.urls import looks

urlpatterns = [
    path("", include("incidents.urls")),
    path("", include("tenancy.urls")),
    *looks,
    path("api/", include("config.api_urls")),
    path("account/", include("allauth.urls")),
    path("desk/", admin.site.urls),
]
