from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenancyConfig(AppConfig):
    """People, roles and the wall between organisations."""

    name = "tenancy"
    verbose_name = _("Organisation")
