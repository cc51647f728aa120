"""The desk's addresses of this room."""

from django.urls import path

from notifications import views

urlpatterns = [path("notifications/", views.for_all, name="notifications")]
