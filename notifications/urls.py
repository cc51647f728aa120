"""This room's addresses."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("notifications/", views.mine, name="mine"),
    path("notifications/why/<str:token>/", views.why, name="why"),
]
