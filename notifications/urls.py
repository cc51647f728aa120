"""This room's addresses."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [path("notifications/", views.mine, name="mine")]
