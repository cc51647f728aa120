"""The outbox: every message we promised to somebody, and what became of it."""

from collections.abc import Sequence
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenancy.clock import Instant
from tenancy.models import Membership
from tenancy.wall import (
    PublicModel,
    TenantForeignKey,
    TenantManager,
    TenantQuerySet,
    current_organisation_id,
    public,
    walled,
)


class OutboxQuerySet(TenantQuerySet["OutboxMessage"]):
    """Readings of the outbox."""

    def open(self) -> "OutboxQuerySet":
        """Not sent yet, and not given up."""
        return self.filter(state__in=OPEN_STATES)

    def due(self) -> "OutboxQuerySet":
        """To be sent now: its time has come, and no worker holds it or the one that did is gone."""
        free = Q(lease_until=None) | Q(lease_until__lte=Instant())
        return self.open().filter(free, due_at__lte=Instant())


class OutboxManager(TenantManager["OutboxMessage"]):
    """The bound organisation's messages."""

    def get_queryset(self) -> OutboxQuerySet:
        return OutboxQuerySet(self.model, using=self._db).filter(organisation_id=current_organisation_id())

    def due(self) -> OutboxQuerySet:
        """To be sent now."""
        return self.get_queryset().due()


class OutboxMessage(PublicModel):
    """One message to one human by one channel.

    It holds everything it is made of, as it was when it happened: whoever sends it looks up nothing. ``facts``
    are public only. ``dedupe`` makes posting the same twice one message; ``message_id`` stays the same however
    often the message is handed over. ``due_at`` is when it may go out (again), ``lease_until`` until when a
    worker holds it; ``attempts`` counts at the claim, so that a message which kills its worker is counted too.

    Messages of one ``bundle`` go out as one when they come in a burst (`notifications.bundles`); what is ``urgent``
    never waits for others. The first claim settles it for good: the ``lead`` is what is sent, with the others in it,
    and until ``shut_until`` nothing else of the bundle goes out; ``turn`` counts a burst's messages from 0.

    What must be ``still`` so is looked up just before sending (`notifications.conditions`): what nobody needs any more
    is dropped.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENDING = "sending", _("Being sent")
        CARRIED = "carried", _("In another message")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        DROPPED = "dropped", _("No longer needed")

    class Channel(models.TextChoices):
        MAIL = "mail", _("E-mail")

    grants = "SELECT, INSERT, UPDATE"

    dedupe = models.CharField(max_length=200)
    kind = models.CharField(_("kind"), max_length=60)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.MAIL)
    to = TenantForeignKey(Membership, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("to"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=254)
    language = models.CharField(_("language"), max_length=10)
    time_zone = models.CharField(_("time zone"), max_length=64)
    thread = models.CharField(max_length=200, blank=True)
    record = models.CharField(max_length=40, blank=True)
    facts = models.JSONField(default=dict)
    forget = models.BooleanField(default=False)
    bundle = models.CharField(max_length=80, blank=True, default="", db_default="")
    urgent = models.BooleanField(default=False, db_default=False)
    still = models.JSONField(default=dict, db_default={})
    lead = TenantForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("sent in")
    )
    shut_until = models.DateTimeField(null=True)
    turn = models.PositiveSmallIntegerField(default=0, db_default=0)
    message_id = models.CharField(_("message id"), max_length=320)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    due_at = models.DateTimeField(_("due"))
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("posted"), db_default=Now())
    sent_at = models.DateTimeField(_("sent"), null=True)

    carries: "Sequence[OutboxMessage]" = ()
    """What is sent in it, once it was claimed."""

    objects: ClassVar[OutboxManager] = OutboxManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("message")
        verbose_name_plural = _("outbox")
        ordering = ["-id"]
        constraints = [
            *walled("notifications_outboxmessage", to="tenancy_membership", lead="notifications_outboxmessage"),
            *public("notifications_outboxmessage"),
            models.UniqueConstraint(fields=["organisation", "dedupe"], name="notifications_outbox_once"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_at"],
                name="notifications_outbox_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
            models.Index(
                fields=["organisation", "bundle"],
                name="notifications_outbox_waiting",
                condition=Q(state="pending") & ~Q(bundle=""),
            ),
            models.Index(
                fields=["organisation", "bundle", "shut_until"],
                name="notifications_outbox_shut",
                condition=Q(shut_until__isnull=False),
            ),
            models.Index(
                fields=["organisation", "lead"], name="notifications_outbox_led", condition=Q(lead__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').capitalize()} – {self.address}"

    @property
    def home_id(self) -> int:
        """The organisation it belongs to."""
        return int(self.organisation_id or 0)


OPEN_STATES = [OutboxMessage.State.PENDING, OutboxMessage.State.SENDING]
