"""The doorstep's addresses. The look's stand apart (`looks`): every page needs them by a plain name."""

from django.urls import path

from tenancy.views import doorstep

app_name = "tenancy"
urlpatterns = [
    path("join/<str:token>/", doorstep.join, name="join"),
    path("organisations/", doorstep.organisations, name="organisations"),
]
looks = [
    path("branding.css", doorstep.branding_css, name="branding-css"),
    path("branding/logo", doorstep.branding_logo, name="branding-logo"),
]
