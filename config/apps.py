"""The house itself, and Django's admin started with our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class StillwaterConfig(AppConfig):
    """The room that knows all rooms; it holds the commands that span them."""

    name = "config"


class DeskConfig(AdminConfig):
    """The admin whose default site is the desk."""

    default_site = "config.desk.Desk"
