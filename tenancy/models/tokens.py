"""Keys for programs: what somebody lets a program do in their place, and until when."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.people import Membership
from tenancy.wall import PublicModel, TenantForeignKey, public, walled


class Scope(models.TextChoices):
    """What a token is good for; never more than its member may do."""

    READ = "read", _("Read what you may see")
    REPORT = "report", _("Report, and all that a reporter may do: answer, confirm, reject, withdraw")
    WORK = "work", _("Work on incidents: every step that you may take")


class Token(PublicModel):
    """A program's key to the API in a member's name; of the token itself only the hash is kept.

    ``scopes`` is a list of `Scope` values.
    """

    grants = "SELECT, INSERT, UPDATE"

    class Standing(models.TextChoices):
        GOOD = "good", _("In use")
        REVOKED = "revoked", _("Revoked")
        EXPIRED = "expired", _("Expired")

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("whose"))
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("scopes"), default=list)
    token_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-made_at", "-id"]
        constraints = [
            *walled("tenancy_token", membership="tenancy_membership"),
            *public("tenancy_token"),
            models.UniqueConstraint(fields=["organisation", "token_hash"], name="tenancy_token_hash"),
        ]
        indexes = [models.Index(fields=["organisation", "membership"], name="tenancy_token_membership")]

    def __str__(self) -> str:
        return self.name

    def standing(self, at: datetime) -> "Token.Standing":
        """Whether it opens anything at that instant, or why not."""
        if self.revoked_at:
            return self.Standing.REVOKED
        return self.Standing.GOOD if at < self.expires_at else self.Standing.EXPIRED

    @property
    def scope_words(self) -> str:
        """What it is good for, in words."""
        return ", ".join(str(Scope(scope).label) for scope in self.scopes)
