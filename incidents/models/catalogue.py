"""What an organisation says about its own desk: services, categories, types and rules."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from incidents.priority import DEFAULT_MATRIX, is_complete
from tenancy.models import Membership, Team
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


class ServiceQuerySet(TenantQuerySet["Service"]):
    """Services, as they are offered."""

    def reportable(self) -> "ServiceQuerySet":
        """What may be named in a report, with the team that will get it."""
        return self.filter(is_active=True).select_related("owner_team")


ServiceManager = TenantManager.from_queryset(ServiceQuerySet)


class Service(PublicModel):
    """What an organisation's users rely on ("E-mail", "Payroll")."""

    class Criticality(models.TextChoices):
        VITAL = "vital", _("Vital")
        IMPORTANT = "important", _("Important")
        NORMAL = "normal", _("Normal")

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("in the users' words"), max_length=200, blank=True)
    owner_team = TenantForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        verbose_name=_("owner team"),
    )
    criticality = models.CharField(_("criticality"), max_length=10, choices=Criticality, default=Criticality.NORMAL)
    is_active = models.BooleanField(_("active"), default=True)

    objects: ClassVar[ServiceManager] = ServiceManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]
        constraints = [
            *walled("incidents_service", owner_team="tenancy_team"),
            *public("incidents_service"),
            models.UniqueConstraint("organisation", Lower("name"), name="incidents_service_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Following(TenantModel):
    """A stakeholder's interest in a service: they see the public side of its incidents."""

    service = TenantForeignKey(Service, on_delete=models.CASCADE, related_name="followings")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="followings")

    class Meta(TenantModel.Meta):
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")
        constraints = [
            *walled("incidents_following", service="incidents_service", membership="tenancy_membership"),
            models.UniqueConstraint("organisation", "service", "membership", name="incidents_following_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership} - {self.service}"


class Category(PublicModel):
    """A branch of the organisation's tree of topics."""

    parent = TenantForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("below"),
    )
    name = models.CharField(_("name"), max_length=80)
    path = models.CharField(max_length=400, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["path"]
        constraints = [
            *walled("incidents_category", parent="incidents_category"),
            *public("incidents_category"),
            models.UniqueConstraint("organisation", Lower("path"), name="incidents_category_path"),
        ]

    def __str__(self) -> str:
        return self.path


class IncidentType(PublicModel):
    """The organisation's kinds of report: software, hardware, service request."""

    name = models.CharField(_("name"), max_length=60)
    is_request = models.BooleanField(_("a service request"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("type")
        verbose_name_plural = _("types")
        ordering = ["is_request", "name"]
        constraints = [
            *walled("incidents_incidenttype"),
            *public("incidents_incidenttype"),
            models.UniqueConstraint("organisation", Lower("name"), name="incidents_incidenttype_name"),
        ]

    def __str__(self) -> str:
        return self.name


def default_matrix() -> dict[str, dict[str, str]]:
    """The matrix an organisation starts with."""
    return {impact: dict(row) for impact, row in DEFAULT_MATRIX.items()}


def refuse_incomplete(matrix: object) -> None:
    """Refuse a matrix that leaves a pair of impact and urgency without a priority."""
    if not is_complete(matrix):
        raise ValidationError(_("Give every pair of impact and urgency a priority from P1 to P5."))


class DeskRules(PublicModel):
    """One row per organisation: the numbers and the matrix it can change."""

    grants = "SELECT, INSERT, UPDATE"

    matrix = models.JSONField(_("priority matrix"), default=default_matrix, validators=[refuse_incomplete])
    attachment_max_megabytes = models.PositiveSmallIntegerField(
        _("largest attachment (MB)"), default=25, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    attachment_max_count = models.PositiveSmallIntegerField(
        _("attachments at once"), default=10, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    contest_days = models.PositiveSmallIntegerField(
        _("business days for “not so”"), default=5, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    reminder_days = models.PositiveSmallIntegerField(
        _("business days until a reminder"),
        default=2,
        db_default=2,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text=_("Of a question that waits for an answer, and of a solution that waits to be confirmed."),
    )
    silence_days = models.PositiveSmallIntegerField(
        _("business days until silence closes"),
        default=5,
        db_default=5,
        validators=[MinValueValidator(2), MaxValueValidator(60)],
        help_text=_("After a solution that nobody answers; the mail says the date."),
    )
    pauses_for_problem = models.BooleanField(
        _("clocks pause while waiting for a problem"),
        default=False,
        db_default=False,
        help_text=_("Otherwise they run on."),
    )
    pauses_for_change = models.BooleanField(
        _("clocks pause while waiting for a change"),
        default=False,
        db_default=False,
        help_text=_("Otherwise they run on."),
    )
    counts_anew = models.BooleanField(
        _("reopening starts the clocks afresh"),
        default=False,
        db_default=False,
        help_text=_("Otherwise they go on where they stood."),
    )
    observation_days = models.PositiveSmallIntegerField(
        _("days of observation after a problem’s fix"),
        default=14,
        db_default=14,
        validators=[MinValueValidator(1), MaxValueValidator(180)],
        help_text=_("When nothing like it is reported until then, the fix is proven."),
    )
    rejections_to_reopen = models.PositiveSmallIntegerField(
        _("“still broken” that reopen a problem"),
        default=2,
        db_default=2,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("So many reporters have to say it after a fix."),
    )
    cluster_hours = models.PositiveSmallIntegerField(
        _("hours in which incidents make a cluster"),
        default=4,
        db_default=4,
        validators=[MinValueValidator(1), MaxValueValidator(24)],
        help_text=_("What is reported in so many hours is compared with the same hours of the last four weeks."),
    )
    cluster_least = models.PositiveSmallIntegerField(
        _("incidents that make a cluster"),
        default=5,
        db_default=5,
        validators=[MinValueValidator(2), MaxValueValidator(1000)],
        help_text=_("Fewer of a kind never do."),
    )
    cluster_times = models.PositiveSmallIntegerField(
        _("times as many as usual make a cluster"),
        default=3,
        db_default=3,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Usual is the median of the last four weeks."),
    )
    catch_all = TenantForeignKey(
        Membership,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("catch-all"),
        help_text=_("Gets what would otherwise reach nobody."),
    )

    class Meta(PublicModel.Meta):
        verbose_name = _("rules")
        verbose_name_plural = _("rules")
        constraints = [
            *walled("incidents_deskrules", catch_all="tenancy_membership"),
            *public("incidents_deskrules"),
            models.UniqueConstraint(fields=["organisation"], name="incidents_deskrules_once"),
        ]

    def __str__(self) -> str:
        return str(_("Rules"))


def rules() -> DeskRules:
    """The organisation's rules; the defaults where it never wrote any."""
    return _rules.first() or DeskRules()


_rules = Written(lambda: DeskRules.objects.order_by("pk"))


class NumberCounter(TenantModel):
    """The organisation's last number; its row lock lasts until COMMIT, so it is taken last."""

    grants = "SELECT, INSERT, UPDATE"

    last_number = models.PositiveIntegerField(default=1000)

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("incidents_numbercounter"),
            models.UniqueConstraint(fields=["organisation"], name="incidents_numbercounter_once"),
        ]

    def __str__(self) -> str:
        return str(self.last_number)
