"""Who is told when nothing happens: an organisation's policies, and how far each incident's escalation has come."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import NullIf
from django.utils.translation import gettext_lazy as _

from incidents import escalation
from incidents.escalation import Fired, Step
from incidents.models.catalogue import Service
from incidents.models.incident import Incident
from incidents.priority import Priority
from tenancy.wall import (
    PublicModel,
    TenantForeignKey,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    Written,
    public,
    walled,
)


class EscalationPolicy(PublicModel):
    """The steps for incidents of a service, of a priority, of both, or for all; its editions say which steps."""

    name = models.CharField(_("name"), max_length=80)
    service = TenantForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    priority = models.CharField(
        _("priority"), max_length=2, blank=True, choices=[(one.value, one.value) for one in Priority]
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["name"]
        constraints = [
            *walled("incidents_escalationpolicy", service="incidents_service"),
            *public("incidents_escalationpolicy"),
            models.UniqueConstraint(fields=["organisation", "name"], name="incidents_escalationpolicy_name"),
            models.UniqueConstraint(
                fields=["organisation", "service", "priority"],
                condition=Q(is_active=True),
                name="incidents_escalationpolicy_for",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def validate_constraints(self, exclude: Any = None) -> None:
        """The action refuses two for the same incidents, and says which the other one is."""


class EscalationEditionQuerySet(TenantQuerySet["EscalationEdition"]):
    """Readings of the editions."""

    def fitting(self, incident: Incident, at: datetime) -> "EscalationEdition | None":
        """What holds for an incident as it stands: of the policy for its service before that for its priority."""
        return _fitting.first(incident.service_id or 0, incident.priority, at)


def _make_fitting(service_id: int, priority: str, at: datetime) -> models.QuerySet["EscalationEdition"]:
    for_service = Q(policy__service=None) | Q(policy__service=service_id)
    for_priority = Q(policy__priority="") | Q(policy__priority=priority)
    holding = EscalationEdition.objects.filter(
        for_service, for_priority, policy__is_active=True, takes_effect_at__lte=at
    )
    return holding.order_by(
        F("policy__service").asc(nulls_last=True),
        NullIf("policy__priority", models.Value("")).asc(nulls_last=True),
        "-takes_effect_at",
        "-id",
    )[:1]


_fitting: Written["EscalationEdition"] = Written(_make_fitting)

EscalationEditionManager = TenantManager.from_queryset(EscalationEditionQuerySet)


class EscalationEdition(TenantModel):
    """The steps of a policy from an instant on, as `incidents.escalation.read` reads them. Written once."""

    grants = "SELECT, INSERT"

    policy = TenantForeignKey(EscalationPolicy, on_delete=models.PROTECT, related_name="editions")
    takes_effect_at = models.DateTimeField(_("in effect from"))
    steps = models.JSONField(_("steps"), default=list)

    objects: ClassVar[EscalationEditionManager] = EscalationEditionManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("edition of an escalation")
        verbose_name_plural = _("editions of escalations")
        ordering = ["takes_effect_at", "id"]
        constraints = [*walled("incidents_escalationedition", policy="incidents_escalationpolicy")]
        indexes = [
            models.Index(fields=["organisation", "policy", "takes_effect_at"], name="incidents_escalation_effect")
        ]

    def __str__(self) -> str:
        return f"{self.policy}, {self.takes_effect_at:%Y-%m-%d}"

    def read(self) -> tuple[Step, ...]:
        """The steps."""
        return escalation.read(self.steps)


class Escalation(TenantModel):
    """How far the steps have come for one incident: a generation starts with the report, a reopening, another policy.

    ``fired`` holds for each step how often it took place, and when it last did; ``next_at`` is when the next is due.
    The edition is the snapshot: what administrators change holds for what starts later.
    """

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="escalations")
    edition = TenantForeignKey(EscalationEdition, on_delete=models.PROTECT, related_name="+")
    generation = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    fired = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    is_over = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        verbose_name = _("course of an escalation")
        verbose_name_plural = _("courses of escalations")
        constraints = [
            *walled("incidents_escalation", incident="incidents_incident", edition="incidents_escalationedition"),
            models.UniqueConstraint(
                fields=["organisation", "incident", "generation"], name="incidents_escalation_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id}, {self.generation}"

    def so_far(self, steps: int) -> list[Fired]:
        """How often each of so many steps took place."""
        kept = [Fired(count, datetime.fromisoformat(last)) if count else Fired() for count, last in self.fired]
        return kept + [Fired()] * (steps - len(kept))

    def keep(self, fired: list[Fired]) -> None:
        """Note how often each step took place."""
        self.fired = [[one.count, one.last.isoformat() if one.last else ""] for one in fired]
