"""What is watched by itself: tasks that may get late, and when a problem is next looked at."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from problems.models.problem import Problem
from tenancy.clock import Instant
from tenancy.models import Membership
from tenancy.wall import PublicModel, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, public, walled


class Task(PublicModel):
    """Something that somebody has to do for a problem."""

    problem = TenantForeignKey(Problem, on_delete=models.CASCADE, related_name="tasks")
    what = models.CharField(_("what is to be done"), max_length=200)
    assignee = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    due_at = models.DateTimeField(_("by when"), null=True)
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    told_late_at = models.DateTimeField(null=True)

    class Meta(PublicModel.Meta):
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["id"]
        constraints = [
            *walled(
                "problems_task",
                problem="problems_problem",
                assignee="tenancy_membership",
                done_by="tenancy_membership",
            ),
            *public("problems_task"),
        ]
        indexes = [models.Index(fields=["organisation", "problem"], name="problems_tasks")]

    def __str__(self) -> str:
        return self.what


class ProblemTimerQuerySet(TenantQuerySet["ProblemTimer"]):
    """Readings of the timers."""

    def due(self) -> "ProblemTimerQuerySet":
        """Those whose time has come, the longest overdue first; not what failed a moment ago."""
        ready = Q(retry_at=None) | Q(retry_at__lte=Instant())
        return self.filter(ready, due_at__lte=Instant()).order_by("due_at", "id")


ProblemTimerManager = TenantManager.from_queryset(ProblemTimerQuerySet)


class ProblemTimer(TenantModel):
    """When a problem is next looked at by itself: a late task, a review, the observation after a fix."""

    problem = TenantForeignKey(Problem, on_delete=models.CASCADE, related_name="timers")
    due_at = models.DateTimeField(_("due"))
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects: ClassVar[ProblemTimerManager] = ProblemTimerManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["due_at", "id"]
        constraints = [
            *walled("problems_problemtimer", problem="problems_problem"),
            models.UniqueConstraint(fields=["organisation", "problem"], name="problems_problemtimer_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "due_at"], name="problems_timers_due"),
            models.Index(fields=["due_at"], name="problems_first_due"),
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M:%S}"
