"""The doorstep's addresses. The look's stand apart (`looks`): every page needs them by a plain name."""

from django.urls import path

from tenancy import views

app_name = "tenancy"
urlpatterns = [
    path("join/<str:token>/", views.join, name="join"),
    path("organisations/", views.organisations, name="organisations"),
]
looks = [
    path("branding.css", views.branding_css, name="branding-css"),
    path("branding/logo", views.branding_logo, name="branding-logo"),
]
