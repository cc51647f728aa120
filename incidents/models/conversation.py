"""What people say and bring: messages, attachments, hypotheses, references."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from tenancy.members import Member
from tenancy.models import Membership, StoredFile
from tenancy.wall import (
    PublicModel,
    TenantForeignKey,
    TenantManager,
    TenantQuerySet,
    current_organisation_id,
    public,
    walled,
)

FOLDER = "attachments"
"""Where the files lie, in each organisation's part of the storage."""


class Message(PublicModel):
    """One thing said on an incident; an internal one never leaves the desk."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("Reply")
        NOTE = "note", _("Internal note")
        QUESTION = "question", _("Question")
        COMMENT = "comment", _("Message")
        SOLUTION = "solution", _("Solution")
        REASON = "reason", _("Reason")
        WORKAROUND = "workaround", _("Workaround")

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    internal = models.BooleanField(default=False)
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    from_staff = models.BooleanField(default=False)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta(PublicModel.Meta):
        ordering = ["id"]
        constraints = [
            *walled("incidents_message", incident="incidents_incident", author="tenancy_membership"),
            *public("incidents_message"),
            models.CheckConstraint(
                condition=~models.Q(kind="note") | models.Q(internal=True),
                name="incidents_message_note_is_internal",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "incident", "id"], name="incidents_messages")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


def storage_name(attachment: "Attachment", filename: str) -> str:
    """A random name in the organisation's own folder; the given name is only ever a label."""
    return f"org-{current_organisation_id()}/{FOLDER}/{uuid.uuid4().hex}"


class AttachmentQuerySet(TenantQuerySet["Attachment"]):
    """Readings of attachments."""

    def public(self) -> "AttachmentQuerySet":
        """What the requester's side may see."""
        return self.filter(internal=False)

    def open_to(self, member: Member) -> "AttachmentQuerySet":
        """What the member may download: with an incident they see, or their own that wait for a form; never a virus."""
        own = models.Q(incident=None, uploaded_by=member.id)
        public = models.Q(internal=False, incident__in=Incident.objects.visible_to(member).values("pk"))
        internal = models.Q(internal=True, incident__in=Incident.objects.for_desk(member).values("pk"))
        return self.filter(own | public | internal).exclude(scan=Attachment.Scan.INFECTED)

    def kept_for(self, membership_id: int) -> "AttachmentQuerySet":
        """Uploaded by this member and not yet part of a record: a form they haven't finished."""
        return self.filter(incident__isnull=True, uploaded_by=membership_id)


AttachmentManager = TenantManager.from_queryset(AttachmentQuerySet)


class Attachment(StoredFile):
    """A file brought to an incident; without an incident it waits for its form to be finished."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("Evidence")
        DISCUSSION = "discussion", _("Discussion")
        DECISION = "decision", _("Decision")
        APPROVAL = "approval", _("Approval")

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, null=True, related_name="attachments")
    message = TenantForeignKey(Message, on_delete=models.CASCADE, null=True, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.EVIDENCE)
    internal = models.BooleanField(default=False)
    file = models.FileField(upload_to=storage_name, max_length=120)

    objects: ClassVar[AttachmentManager] = AttachmentManager()

    class Meta(StoredFile.Meta):
        ordering = ["id"]
        constraints = [
            *walled(
                "incidents_attachment",
                incident="incidents_incident",
                message="incidents_message",
                uploaded_by="tenancy_membership",
            ),
            models.UniqueConstraint(fields=["organisation", "uuid"], name="incidents_attachment_uuid"),
        ]
        indexes = [models.Index(fields=["organisation", "incident"], name="incidents_attachments")]


class Hypothesis(PublicModel):
    """What is suspected, how it was tested and what came of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        RULED_OUT = "ruled_out", _("Ruled out")

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="hypotheses")
    suspicion = models.TextField(_("what is suspected"))
    test = models.TextField(_("how it is tested"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.OPEN)
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    concluded_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    concluded_at = models.DateTimeField(null=True)

    class Meta(PublicModel.Meta):
        ordering = ["id"]
        verbose_name_plural = "hypotheses"
        constraints = [
            *walled(
                "incidents_hypothesis",
                incident="incidents_incident",
                author="tenancy_membership",
                concluded_by="tenancy_membership",
            ),
            *public("incidents_hypothesis"),
        ]
        indexes = [models.Index(fields=["organisation", "incident"], name="incidents_hypotheses")]

    def __str__(self) -> str:
        return self.suspicion


class Reference(PublicModel):
    """A number somebody else gave: a supplier's ticket, a change."""

    class Kind(models.TextChoices):
        SUPPLIER = "supplier", _("Supplier")
        CHANGE = "change", _("Change")
        OTHER = "other", _("Other")

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="references")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("reference"), max_length=120)
    url = models.URLField(_("address"), blank=True)
    added_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(PublicModel.Meta):
        ordering = ["id"]
        constraints = [
            *walled("incidents_reference", incident="incidents_incident", added_by="tenancy_membership"),
            *public("incidents_reference"),
            models.UniqueConstraint("organisation", "incident", "kind", "value", name="incidents_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
