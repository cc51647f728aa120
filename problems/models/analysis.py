"""Why it happens: statements that form a tree, and the evidence that each stands on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models import Attachment, Hypothesis, Incident
from problems.analysis import Belief, Branch, Kind
from problems.models.files import File
from problems.models.problem import Problem
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, public, walled


class StatementQuerySet(TenantQuerySet["Statement"]):
    """Readings of the statements."""

    def visible_to(self, member: Member) -> "StatementQuerySet":
        """What the member may read: what was said on an incident that is restricted since stays with it."""
        seen = Incident.objects.for_desk(member).values("pk")
        return self.filter(Q(source=None) | Q(source__incident__in=seen))

    def confirmed(self) -> "StatementQuerySet":
        """Those that a root cause may be: confirmed, by evidence."""
        stands = Evidence.objects.all().standing().filter(statement=models.OuterRef("pk"))
        return self.filter(models.Exists(stands), state=Belief.CONFIRMED)


StatementManager = TenantManager.from_queryset(StatementQuerySet)


class Statement(PublicModel):
    """An answer to a why. It changes only through `problems.actions`, under its problem's lock."""

    grants = "SELECT, INSERT, UPDATE"

    class State(models.TextChoices):
        OPEN = Belief.OPEN.value, _("Open")
        CONFIRMED = Belief.CONFIRMED.value, _("Confirmed")
        RULED_OUT = Belief.RULED_OUT.value, _("Ruled out")

    class Bone(models.TextChoices):
        PEOPLE = Branch.PEOPLE.value, _("People")
        PROCESS = Branch.PROCESS.value, _("Process")
        TECHNOLOGY = Branch.TECHNOLOGY.value, _("Technology")
        SUPPLIER = Branch.SUPPLIER.value, _("Supplier")
        ENVIRONMENT = Branch.ENVIRONMENT.value, _("Environment")

    problem = TenantForeignKey(Problem, on_delete=models.PROTECT, related_name="statements")
    parent = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answers")
    """The statement whose why it answers, of the same problem; none: it stands at the top."""
    text = models.TextField(_("statement"))
    branch = models.CharField(_("branch"), max_length=12, choices=Bone, blank=True)
    happened_at = models.DateTimeField(_("happened"), null=True)
    """Where it stands on the timeline; none: it is not a moment, or nobody knows when."""
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    said_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("said by"))
    said_at = models.DateTimeField(_("said"))
    judged_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    judged_at = models.DateTimeField(null=True)
    judgement = models.TextField(_("reason"), blank=True)
    is_cause = models.BooleanField(default=False)
    """Whether it is the root cause that was established."""
    source = TenantForeignKey(Hypothesis, on_delete=models.PROTECT, null=True, related_name="+")
    """The hypothesis of an incident that flowed in."""

    objects: ClassVar[StatementManager] = StatementManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_statement",
                problem="problems_problem",
                parent="problems_statement",
                said_by="tenancy_membership",
                judged_by="tenancy_membership",
                source="incidents_hypothesis",
            ),
            *public("problems_statement"),
            models.UniqueConstraint(
                fields=["organisation", "problem", "source"],
                name="problems_statement_source_once",
                condition=Q(source__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["organisation", "problem"], name="problems_statement_one_cause", condition=Q(is_cause=True)
            ),
            models.CheckConstraint(
                condition=Q(is_cause=False) | Q(state=Belief.CONFIRMED.value),
                name="problems_statement_cause_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="problems_statement_not_its_own_why"
            ),
            models.CheckConstraint(
                condition=Q(state=Belief.OPEN.value, judged_by=None)
                | (~Q(state=Belief.OPEN.value) & Q(judged_by__isnull=False, judged_at__isnull=False)),
                name="problems_statement_judged_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "problem", "id"], name="problems_statements")]

    def __str__(self) -> str:
        return self.text


class EvidenceQuerySet(TenantQuerySet["Evidence"]):
    """Readings of the evidence."""

    def visible_to(self, member: Member) -> "EvidenceQuerySet":
        """What the member may read; an incident that they may not open is not even counted."""
        return self.filter(Q(incident=None) | Q(incident__in=Incident.objects.for_desk(member).values("pk")))

    def standing(self) -> "EvidenceQuerySet":
        """What was not withdrawn."""
        return self.filter(withdrawals=None)


EvidenceManager = TenantManager.from_queryset(EvidenceQuerySet)


class Evidence(PublicModel):
    """What a statement stands on; it is added, and never changed. What was wrong is withdrawn, and stays to be read."""

    grants = "SELECT, INSERT"

    class Sort(models.TextChoices):
        INCIDENT = Kind.INCIDENT.value, _("Incident")
        LINK = Kind.LINK.value, _("Link")
        MEASUREMENT = Kind.MEASUREMENT.value, _("Measurement")
        FILE = Kind.FILE.value, _("File")

    statement = TenantForeignKey(Statement, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=12, choices=Sort)
    words = models.TextField(_("what it shows"), blank=True)
    incident = TenantForeignKey(Incident, on_delete=models.PROTECT, null=True, related_name="+")
    """The incident itself, or that which the file was brought to."""
    url = models.URLField(_("address"), max_length=500, blank=True)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=6, null=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    attachment = TenantForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    file = TenantForeignKey(File, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    """A file of the problem itself."""
    added_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField()

    objects: ClassVar[EvidenceManager] = EvidenceManager()

    class Meta(PublicModel.Meta):
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_evidence",
                statement="problems_statement",
                incident="incidents_incident",
                attachment="incidents_attachment",
                file="problems_file",
                added_by="tenancy_membership",
            ),
            *public("problems_evidence"),
            models.CheckConstraint(
                condition=Q(kind=Kind.INCIDENT.value, incident__isnull=False)
                | Q(kind=Kind.LINK.value, url__regex="^https?://")
                | Q(kind=Kind.MEASUREMENT.value, value__isnull=False)
                | Q(kind=Kind.FILE.value, attachment__isnull=False, incident__isnull=False, file=None)
                | Q(kind=Kind.FILE.value, attachment=None, incident=None, file__isnull=False),
                name="problems_evidence_is_there",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "statement", "id"], name="problems_evidence_of")]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @property
    def withdrawal(self) -> "Withdrawal | None":
        """How it was taken back, if it was."""
        return next(iter(self.withdrawals.all()), None)


class Withdrawal(TenantModel):
    """Evidence that was taken back: a statement doesn't stand on it any more."""

    grants = "SELECT, INSERT"

    evidence = TenantForeignKey(Evidence, on_delete=models.PROTECT, related_name="withdrawals")
    reason = models.TextField(_("reason"))
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        verbose_name = _("withdrawal of evidence")
        verbose_name_plural = _("withdrawals of evidence")
        ordering = ["id"]
        constraints = [
            *walled("problems_withdrawal", evidence="problems_evidence", by="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "evidence"], name="problems_withdrawal_once"),
        ]

    def __str__(self) -> str:
        return f"#{self.evidence_id}"
