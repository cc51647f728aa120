"""The trail: the append-only history of every record."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenancy.models.people import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantModel, public, walled


class TrailEntry(PublicModel):
    """One thing that happened to one record. Written once; the app's role can't change or delete it.

    ``kind`` is ``record.happening`` ("incident.resolved"), ``facts`` holds structured values, before and after
    where something changed; free text of people lives in rows beside it, where it can be erased. ``version``
    counts the shape of ``facts``. The contract is written down in ``docs/trail.md``.
    """

    grants = "SELECT, INSERT"

    kind = models.CharField(_("what"), max_length=60)
    at = models.DateTimeField(_("when"))
    actor = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    record = models.CharField(max_length=30)
    record_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta(PublicModel.Meta):
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        ordering = ["id"]
        constraints = [*walled("tenancy_trailentry", actor="tenancy_membership"), *public("tenancy_trailentry")]
        indexes = [models.Index(fields=["organisation", "record", "record_id", "id"], name="tenancy_trail_record")]

    def __str__(self) -> str:
        return self.kind


class TrailSeal(TenantModel):
    """The seal on one entry: its place in the organisation's chain, and the hash that hangs on all before it.

    Written by the worker some time after the entry, so that whoever writes the trail waits for nobody. An entry is
    named by its number, not by a key: what was sealed and is gone must still be told. See ``docs/trail.md``.
    """

    grants = "SELECT, INSERT"

    position = models.BigIntegerField()
    entry_id = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            *walled("tenancy_trailseal"),
            models.UniqueConstraint(fields=["organisation", "position"], name="tenancy_trailseal_position"),
            models.UniqueConstraint(fields=["organisation", "entry_id"], name="tenancy_trailseal_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: entry {self.entry_id}"
