from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    """Messages to people: promised in the database, carried by channels."""

    name = "notifications"
    verbose_name = _("Notifications")
