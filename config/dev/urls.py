"""Everything below ``/dev/``."""

from django.urls import path

from config.dev import views
from config.dev.look import look

app_name = "dev"
urlpatterns = [
    path("look/", look, name="look"),
    path("mail/", views.mails, name="mails"),
    path("mail/<str:name>/", views.mail, name="mail"),
    path("mail/<str:name>/html/", views.mail_html, name="mail-html"),
]
