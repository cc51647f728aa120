"""Clusters: incidents without a problem that may have one cause, as they were found; and when it is looked again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Category, Service
from problems.clustering import Kind
from problems.models.problem import Problem
from tenancy.clock import Instant
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, public, walled


class ClusterQuerySet(TenantQuerySet["Cluster"]):
    """Readings of the clusters."""

    def visible_to(self, member: Member) -> "ClusterQuerySet":
        """What the member may open, as problems; which incidents they see in it is decided by these."""
        return self.all() if member.may("problem.read") else self.none()

    def open(self) -> "ClusterQuerySet":
        """Those that nobody has decided about."""
        return self.filter(state=Cluster.State.OPEN)


ClusterManager = TenantManager.from_queryset(ClusterQuerySet)


class Cluster(PublicModel):
    """What incidents share that were reported more often than usual.

    Which incidents these are is looked up when it is shown. A row stays when it is decided about: who found it no
    reason for a problem is not asked again at once.
    """

    grants = "SELECT, INSERT, UPDATE"

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        RAISED = "raised", _("Problem raised")
        DISMISSED = "dismissed", _("Dismissed")

    class Shares(models.TextChoices):
        CODE = Kind.CODE.value, _("error code")
        CATEGORY = Kind.CATEGORY.value, _("category")
        WORD = Kind.WORD.value, _("words")

    key = models.CharField(max_length=140)
    """All of ``kind``, ``service`` and ``value``, see `problems.clustering.Key`."""
    kind = models.CharField(_("what they share"), max_length=10, choices=Shares)
    service = TenantForeignKey(Service, on_delete=models.PROTECT, null=True, related_name="+")
    category = TenantForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    value = models.CharField(max_length=100)
    reasons = models.JSONField(default=list)
    """What mostly the same incidents share besides: pairs of a kind and a value."""
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    first_seen = models.DateTimeField()
    """When the first of its incidents was reported."""
    last_seen = models.DateTimeField()
    """When the last of them was, as of the last look that found it alarming."""
    count = models.PositiveIntegerField()
    usual = models.FloatField()
    people = models.PositiveIntegerField()
    problem = TenantForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="+")
    """What was raised for it, now or an earlier time."""
    dismissed_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_count = models.PositiveIntegerField(default=0)
    reason = models.TextField(_("reason"), blank=True)

    objects: ClassVar[ClusterManager] = ClusterManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("cluster")
        verbose_name_plural = _("clusters")
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_cluster",
                service="incidents_service",
                category="incidents_category",
                problem="problems_problem",
                dismissed_by="tenancy_membership",
            ),
            *public("problems_cluster"),
            models.UniqueConstraint(fields=["organisation", "key"], name="problems_cluster_once"),
        ]
        indexes = [models.Index(fields=["organisation", "state", "last_seen"], name="problems_clusters")]

    def __str__(self) -> str:
        return self.key


class ScanQuerySet(TenantQuerySet["Scan"]):
    """Readings of the scans."""

    def due(self) -> "ScanQuerySet":
        """Those whose time has come; not what failed a moment ago."""
        ready = Q(retry_at=None) | Q(retry_at__lte=Instant())
        return self.filter(ready, due_at__lte=Instant()).order_by("due_at", "id")


ScanManager = TenantManager.from_queryset(ScanQuerySet)


class Scan(TenantModel):
    """When the organisation's incidents are next searched for clusters. Made at the first search."""

    scanned_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("due"))
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects: ClassVar[ScanManager] = ScanManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("search for clusters")
        verbose_name_plural = _("searches for clusters")
        ordering = ["due_at", "id"]
        constraints = [
            *walled("problems_scan"),
            models.UniqueConstraint(fields=["organisation"], name="problems_scan_once"),
        ]
        indexes = [models.Index(fields=["due_at"], name="problems_scan_due")]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M:%S}"
