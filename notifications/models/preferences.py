"""What each person wishes to be told, and when they want to be left in peace."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models import Membership
from tenancy.wall import TenantForeignKey, TenantModel, walled


class Preference(TenantModel):
    """One row for each person who chose something; who chose nothing is told as the organisation says.

    ``timings`` is {kind: {channel: timing}}, with what was chosen only; see `notifications.wishes.Timing`. The quiet
    hours are clock times in the person's own zone; they may cross midnight.
    """

    grants = "SELECT, INSERT, UPDATE"

    membership = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    timings = models.JSONField(_("what they are told"), default=dict)
    quiet_from = models.TimeField(_("quiet from"), null=True)
    quiet_until = models.TimeField(_("quiet until"), null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("wishes for messages")
        verbose_name_plural = _("wishes for messages")
        constraints = [
            *walled("notifications_preference", membership="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "membership"], name="notifications_preference_once"),
            models.CheckConstraint(
                condition=models.Q(quiet_from=None, quiet_until=None)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notifications_preference_quiet_both",
            ),
        ]

    def __str__(self) -> str:
        return str(self.membership)


class HouseRules(TenantModel):
    """One row for an organisation that chose something: what people are told who chose nothing themselves."""

    grants = "SELECT, INSERT, UPDATE"

    timings = models.JSONField(_("what people are told"), default=dict)

    class Meta(TenantModel.Meta):
        verbose_name = _("what people are told")
        verbose_name_plural = _("what people are told")
        constraints = [
            *walled("notifications_houserules"),
            models.UniqueConstraint(fields=["organisation"], name="notifications_houserules_once"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
