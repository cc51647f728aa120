from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Incidents, from report to the reporter's word."""

    name = "incidents"
    verbose_name = _("Incidents")
