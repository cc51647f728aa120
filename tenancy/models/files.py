"""What is known of an uploaded file, whatever record it belongs to."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenancy.models.people import Membership
from tenancy.wall import TenantForeignKey, TenantModel


class StoredFile(TenantModel):
    """A row that names an uploaded file; the room adds the ``file`` itself, and the record that it is brought to.

    Unique inside the organisation: put its ``uuid`` among the constraints.
    """

    class Scan(models.TextChoices):
        NOT_SCANNED = "not_scanned", _("Not scanned")
        CLEAN = "clean", _("Clean")
        INFECTED = "infected", _("Infected")

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    scan = models.CharField(max_length=12, choices=Scan, default=Scan.NOT_SCANNED)
    uploaded_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.name
