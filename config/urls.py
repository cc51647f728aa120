"""Every address of the product."""

from allauth.account.views import password_reset
from django.contrib import admin
from django.urls import include, path

from tenancy.doorstep import evenly
from tenancy.links import confirm_mail
from tenancy.urls import looks

urlpatterns = [
    path("", include("incidents.urls")),
    path("", include("problems.urls")),
    path("", include("notifications.urls")),
    path("", include("tenancy.urls")),
    *looks,
    path("api/", include("config.api_urls")),
    path("account/password/reset/", evenly(password_reset), name="account_reset_password"),
    path("account/confirm-email/<str:key>/", confirm_mail, name="account_confirm_email"),
    path("account/", include("allauth.urls")),
    path("desk/", admin.site.urls),
]
