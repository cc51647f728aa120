"""The problem: the cause, or possible cause, of one or more incidents."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents import words as incident_words
from incidents.models import Category, Incident, Service
from incidents.priority import Impact, Priority, Urgency
from problems.lifecycle import OPEN, Code, Status
from tenancy.clock import Instant
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, public, walled

PREFIX = "PRB-"
KNOWN = Q(cause_known_at__isnull=False) & ~Q(workaround="")


class ProblemQuerySet(TenantQuerySet["Problem"]):
    """Readings of the list; what a member may see is decided here and nowhere else."""

    def visible_to(self, member: Member) -> "ProblemQuerySet":
        """What the member may open: staff see all problems of their organisation, others none."""
        return self.all() if member.may("problem.read") else self.none()

    def open(self) -> "ProblemQuerySet":
        """Those that are not solved yet."""
        return self.filter(status__in=sorted(OPEN))

    def with_known(self) -> "ProblemQuerySet":
        """Each with whether it is a known error, as ``is_known``; see `Problem.is_known_error`."""
        return self.annotate(is_known=models.ExpressionWrapper(KNOWN, output_field=models.BooleanField()))


ProblemManager = TenantManager.from_queryset(ProblemQuerySet)


class Problem(TenantModel):
    """The record. It changes only through `problems.actions`."""

    grants = "SELECT, INSERT, UPDATE"

    class State(models.TextChoices):
        NEW = Status.NEW.value, _("New")
        ASSESSED = Status.ASSESSED.value, _("Assessed")
        INVESTIGATING = Status.INVESTIGATING.value, _("Investigating")
        FIXING = Status.FIXING.value, _("Fix in progress")
        RESOLVED = Status.RESOLVED.value, _("Resolved")
        CLOSED = Status.CLOSED.value, _("Closed")

    class Ending(models.TextChoices):
        FIX_APPLIED = Code.FIX_APPLIED.value, _("Fix applied")
        RISK_ACCEPTED = Code.RISK_ACCEPTED.value, _("Risk accepted")
        DUPLICATE = Code.DUPLICATE.value, _("Duplicate")
        CANCELLED = Code.CANCELLED.value, _("Cancelled")

    number = models.PositiveIntegerField(_("number"), editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    error_code = models.CharField(_("error code"), max_length=100, blank=True)
    raised_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_at = models.DateTimeField(_("raised"))
    updated_at = models.DateTimeField(_("changed"))
    status = models.CharField(_("status"), max_length=14, choices=State, default=State.NEW)
    manager = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="managed_problems",
        verbose_name=_("problem manager"),
    )
    coordinator = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="coordinated_problems",
        verbose_name=_("coordinator"),
    )

    service = TenantForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="problems", verbose_name=_("service")
    )
    category = TenantForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    impact = models.CharField(
        _("impact"), max_length=12, choices=list(incident_words.IMPACT.items()), default=Impact.GROUP
    )
    urgency = models.CharField(
        _("urgency"), max_length=10, choices=list(incident_words.URGENCY.items()), default=Urgency.MEDIUM
    )
    priority = models.CharField(_("priority"), max_length=2, choices=[(p.value, p.value) for p in Priority])

    cause = models.TextField(_("root cause"), blank=True)
    """Internal, and never without evidence; without ``cause_known_at`` what was thought until that was withdrawn."""
    cause_evidence = models.TextField(_("evidence of the root cause"), blank=True)
    cause_known_at = models.DateTimeField(_("root cause known"), null=True)
    workaround = models.TextField(_("workaround"), blank=True)
    """What those who wait may do meanwhile; they read it."""
    workaround_edition = models.PositiveIntegerField(default=0)
    """Counts its texts; the text itself and what changed stand in the messages that told it."""
    workaround_at = models.DateTimeField(null=True)
    told_edition = models.PositiveIntegerField(default=0)
    """The edition that is being told to everybody who waits; none: it was never broadcast."""
    workaround_change = models.TextField(_("what changed in the workaround"), blank=True)

    code = models.CharField(_("ended by"), max_length=14, choices=Ending, blank=True)
    fix_note = models.TextField(_("what was fixed"), blank=True)
    """The reporters of what waits for it read this."""
    tested_how = models.TextField(_("how it was tested"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    """Why it was cancelled, its risk accepted, or closed before its proof; internal."""
    status_before = models.CharField(max_length=14, choices=State, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True)
    resolved_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    undo_until = models.DateTimeField(null=True)
    observed_until = models.DateTimeField(_("observed until"), null=True)
    recurred_at = models.DateTimeField(_("seems to have happened again"), null=True)
    """When it was noticed after a fix that it may have happened again: its manager was told, and decides."""
    ended_at = models.DateTimeField(_("ended"), null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    duplicate_of = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")
    review_at = models.DateTimeField(_("review"), null=True)
    review_told_at = models.DateTimeField(null=True)

    objects: ClassVar[ProblemManager] = ProblemManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["number"]
        constraints = [
            *walled(
                "problems_problem",
                raised_by="tenancy_membership",
                manager="tenancy_membership",
                coordinator="tenancy_membership",
                service="incidents_service",
                category="incidents_category",
                resolved_by="tenancy_membership",
                duplicate_of="problems_problem",
            ),
            models.UniqueConstraint(fields=["organisation", "number"], name="problems_problem_number"),
            models.CheckConstraint(
                condition=Q(status__in=sorted(OPEN)) ^ ~Q(code=""), name="problems_problem_end_has_code"
            ),
            models.CheckConstraint(
                condition=Q(cause_known_at=None) | ~(Q(cause="") | Q(cause_evidence="")),
                name="problems_problem_known_cause_has_evidence",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "status", "priority", "raised_at"], name="problems_list"),
            models.Index(fields=["organisation", "service", "status"], name="problems_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The number as people use it: ``PRB-1042``."""
        return f"{PREFIX}{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_known_error(self) -> bool:
        """Whether its cause is known and a workaround is written."""
        return self.cause_known_at is not None and bool(self.workaround)


class LinkQuerySet(TenantQuerySet["Link"]):
    """Readings of the links."""

    def visible_to(self, member: Member) -> "LinkQuerySet":
        """Links to incidents that the member may open in the desk; what is restricted isn't even counted."""
        return self.filter(incident__in=Incident.objects.for_desk(member).values("pk"))

    def due(self) -> "LinkQuerySet":
        """Those to whose incident something is to be brought now, the longest overdue first."""
        ready = Q(retry_at=None) | Q(retry_at__lte=Instant())
        return self.filter(ready, due_at__lte=Instant()).order_by("due_at", "id")


LinkManager = TenantManager.from_queryset(LinkQuerySet)


class Link(TenantModel):
    """An incident that a problem causes; an incident has one problem at most.

    What the problem brings to it (a workaround, a note, the fix) is a promise like a timer: ``due_at`` says that
    something is to be brought, and the columns below what of it is done. See `problems.actions.spreading`.
    """

    problem = TenantForeignKey(Problem, on_delete=models.PROTECT, related_name="links", verbose_name=_("problem"))
    incident = TenantForeignKey(
        Incident, on_delete=models.CASCADE, related_name="problem_links", verbose_name=_("incident")
    )
    linked_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    linked_at = models.DateTimeField()
    told_edition = models.PositiveIntegerField(default=0)
    """The edition of the workaround that was brought to it."""
    brought = models.CharField(max_length=14, choices=Problem.Ending, blank=True)
    """The problem's end that was brought to it."""
    solved = models.BooleanField(default=False)
    """Whether the problem's fix resolved it, and an undo takes that back."""
    rejected_at = models.DateTimeField(null=True)
    """When its reporter said that it is still broken, after the fix."""
    due_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    objects: ClassVar[LinkManager] = LinkManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("link to an incident")
        verbose_name_plural = _("links to incidents")
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_link",
                problem="problems_problem",
                incident="incidents_incident",
                linked_by="tenancy_membership",
            ),
            models.UniqueConstraint(fields=["organisation", "incident"], name="problems_link_one_problem"),
        ]
        indexes = [
            models.Index(fields=["organisation", "problem", "id"], name="problems_links"),
            models.Index(
                fields=["organisation", "due_at"], name="problems_link_due", condition=Q(due_at__isnull=False)
            ),
            models.Index(fields=["due_at"], name="problems_link_first_due", condition=Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.problem_id} - {self.incident_id}"


class Note(PublicModel):
    """What staff write on a problem; it never leaves the desk."""

    problem = TenantForeignKey(Problem, on_delete=models.CASCADE, related_name="notes")
    author = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta(PublicModel.Meta):
        ordering = ["id"]
        constraints = [
            *walled("problems_note", problem="problems_problem", author="tenancy_membership"),
            *public("problems_note"),
        ]
        indexes = [models.Index(fields=["organisation", "problem", "id"], name="problems_notes")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Watch(TenantModel):
    """Somebody of staff who wants to be told what becomes of a problem."""

    problem = TenantForeignKey(Problem, on_delete=models.CASCADE, related_name="watches")
    membership = TenantForeignKey(Membership, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_watch", problem="problems_problem", membership="tenancy_membership"),
            models.UniqueConstraint(fields=["organisation", "problem", "membership"], name="problems_watch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} - {self.problem_id}"


class Counter(TenantModel):
    """The organisation's last number; its row lock lasts until COMMIT, so it is taken last."""

    grants = "SELECT, INSERT, UPDATE"

    last_number = models.PositiveIntegerField(default=1000)

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("problems_counter"),
            models.UniqueConstraint(fields=["organisation"], name="problems_counter_once"),
        ]

    def __str__(self) -> str:
        return str(self.last_number)
