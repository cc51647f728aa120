"""Answers that are kept for a day, so that a program may ask again without doing it twice."""

from django.db import models

from tenancy.models.people import Membership
from tenancy.wall import TenantForeignKey, TenantModel, walled


class KeptAnswer(TenantModel):
    """What was answered to a request with an ``Idempotency-Key``; committed with what the request did.

    ``fingerprint`` stands for all that was asked; ``headers`` are those that belong to the answer.
    """

    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("tenancy_keptanswer", membership="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "membership", "key"], name="tenancy_keptanswer_key"),
        ]
        indexes = [models.Index(fields=["organisation", "made_at"], name="tenancy_keptanswer_age")]

    def __str__(self) -> str:
        return self.key
