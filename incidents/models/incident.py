"""The incident: an unplanned loss or drop in quality of a service, or a request for one."""

from collections.abc import Iterable
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents import words
from incidents.lifecycle import FINAL, OPEN, Awaited, Clock, HoldReason, Status, awaited, clock
from incidents.models.catalogue import Category, Following, IncidentType, Service
from incidents.priority import Impact, Priority, Risk, Urgency
from tenancy.members import Member
from tenancy.models import Membership, Team
from tenancy.roles import Role
from tenancy.wall import Among, TenantForeignKey, TenantManager, TenantModel, TenantQuerySet, walled

PREFIX = "INC-"

NOTHING = Q(pk__in=[])
# Not an empty Q: "own or empty" would be "own".
EVERYTHING = ~NOTHING


def _own_teams(member: Member) -> frozenset[int]:
    """The teams the member sits in or leads: they see what is restricted to these."""
    return member.team_ids | {team_id for role, team_id in member.grants if role is Role.TEAM_LEAD and team_id}


def staff_sight(member: Member) -> tuple[tuple[int, ...], bool]:
    """Of what is restricted, which teams' the member sees as staff, or that it is all."""
    sees_all = member.may("incident.read_restricted")
    return () if sees_all else tuple(sorted(_own_teams(member))), sees_all


def _in_sight(team_ids: Iterable[int], *, sees_all: bool) -> Q:
    return EVERYTHING if sees_all else Q(restricted=False) | Q(team__in=team_ids)


class IncidentQuerySet(TenantQuerySet["Incident"]):
    """Readings of the list; what a member may see is decided here and nowhere else."""

    def visible_to(self, member: Member) -> "IncidentQuerySet":
        """What the member may open: in the desk or in the portal."""
        return self.filter(self._own(member) | self._as_staff(member) | self._as_stakeholder(member))

    def for_desk(self, member: Member) -> "IncidentQuerySet":
        """What the member may open as staff."""
        return self.filter(self._as_staff(member))

    def in_sight(self, team_ids: Iterable[int], *, sees_all: bool) -> "IncidentQuerySet":
        """The same for all of staff with this `staff_sight`."""
        return self.filter(_in_sight(team_ids, sees_all=sees_all))

    def for_portal(self, member: Member) -> "IncidentQuerySet":
        """What the member may open as an end user: the public side only."""
        return self.filter(self._own(member) | self._as_stakeholder(member))

    def concerning(self, member: Member) -> "IncidentQuerySet":
        """The member's own: reported by them, hitting them, or with them as a participant."""
        return self.filter(self._own(member))

    def asking(self, member: Member) -> "IncidentQuerySet":
        """What only this member can move on, as its reporter: a question to answer, or a solution to try."""
        question = Q(status=Status.ON_HOLD, hold_reason=HoldReason.REQUESTER)
        return self.filter(question | Q(status=Status.RESOLVED), reporter=member.id)

    def open(self) -> "IncidentQuerySet":
        """Neither resolved nor final."""
        return self.filter(status__in=OPEN)

    def unfinished(self) -> "IncidentQuerySet":
        """Neither closed nor cancelled."""
        return self.exclude(status__in=sorted(FINAL))

    def burning_first(self) -> "IncidentQuerySet":
        """The order of the queue: by priority, the oldest first."""
        return self.order_by("priority", "reported_at", "id")

    @staticmethod
    def _own(member: Member) -> Q:
        parts = [Involvement.Part.AFFECTED, Involvement.Part.PARTICIPANT]
        involved = Involvement.objects.filter(membership=member.id, part__in=parts)
        return Q(reporter=member.id) | Q(Among("pk", involved.values("incident")))

    @staticmethod
    def _as_staff(member: Member) -> Q:
        if not member.may("incident.read"):
            return NOTHING
        team_ids, sees_all = staff_sight(member)
        return _in_sight(team_ids, sees_all=sees_all)

    @staticmethod
    def _as_stakeholder(member: Member) -> Q:
        if not member.may("incident.follow"):
            return NOTHING
        followed = Following.objects.filter(membership=member.id)
        return Q(Among("service", followed.values("service")), restricted=False)


IncidentManager = TenantManager.from_queryset(IncidentQuerySet)


class Incident(TenantModel):
    """The record. It changes only through `incidents.actions`."""

    grants = "SELECT, INSERT, UPDATE"

    class Alarm(models.TextChoices):
        """What went wrong with telling people, for everybody at the desk to see until somebody answers."""

        TOLD_NOBODY = "told_nobody", _("Nobody could be told")
        UNANSWERED = "unanswered", _("Nobody answered")

    class Source(models.TextChoices):
        PORTAL = "portal", _("Portal")
        MAIL = "mail", _("Mail")
        PHONE = "phone", _("Phone")
        WALK_IN = "walk_in", _("Walk-in")
        API = "api", _("API")
        MONITORING = "monitoring", _("Monitoring")
        TESTING = "testing", _("Testing")

    class Resolution(models.TextChoices):
        FIXED = "fixed", _("Fixed")
        WORKAROUND = "workaround", _("Workaround given")
        REPLACED = "replaced", _("Replaced")
        DELIVERED = "delivered", _("Delivered")
        EXPLAINED = "explained", _("Explained")
        NOT_REPRODUCIBLE = "not_reproducible", _("Could not be reproduced")

    class Ending(models.TextChoices):
        """How it ended, and why where staff or the reporter ended it without a confirmation."""

        CONFIRMED = "confirmed", _("Confirmed by the reporter")
        SILENCE = "silence", _("Closed by silence")
        PHONE = "phone", _("Confirmed by phone")
        LEFT = "left", _("The reporter left")
        NO_ADDRESS = "no_address", _("The reporter has no address")
        NOT_INCIDENT = "not_incident", _("Not an incident")
        DUPLICATE = "duplicate", _("Duplicate")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    number = models.PositiveIntegerField(_("number"), editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    occurred_at = models.DateTimeField(_("happened"))
    occurred_roughly = models.BooleanField(_("roughly"), default=False)
    reported_at = models.DateTimeField(_("reported"))
    updated_at = models.DateTimeField(_("changed"))

    reporter = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="reported_incidents", verbose_name=_("reporter")
    )
    logged_by = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="+", verbose_name=_("logged by"))
    source = models.CharField(_("came in by"), max_length=12, choices=Source, default=Source.PORTAL)
    source_reference = models.CharField(_("the source's own reference"), max_length=120, blank=True)

    status = models.CharField(_("status"), max_length=12, choices=list(words.STATUS.items()), default=Status.NEW)
    hold_reason = models.CharField(max_length=12, choices=list(words.HOLD_REASON.items()), blank=True)
    hold_until = models.DateTimeField(null=True)
    team = TenantForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="incidents", verbose_name=_("team"))
    assignee = TenantForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        related_name="assigned_incidents",
        verbose_name=_("agent"),
    )
    due_at = models.DateTimeField(_("due"), null=True)
    """When the first of its running clocks is due; none while nothing runs. See `incidents.models.Clock`."""
    escalation_level = models.PositiveSmallIntegerField(_("escalation level"), default=0)
    escalation_alarm = models.CharField(max_length=12, choices=Alarm, blank=True, default="", db_default="")
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    major_proposed_at = models.DateTimeField(null=True)
    restricted = models.BooleanField(_("restricted"), default=False)

    type = TenantForeignKey(IncidentType, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("type"))
    category = TenantForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("category")
    )
    service = TenantForeignKey(
        Service, on_delete=models.PROTECT, null=True, related_name="incidents", verbose_name=_("service")
    )
    classified_at = models.DateTimeField(null=True)
    impact = models.CharField(_("impact"), max_length=12, choices=list(words.IMPACT.items()), default=Impact.PERSON)
    urgency = models.CharField(_("urgency"), max_length=10, choices=list(words.URGENCY.items()), default=Urgency.MEDIUM)
    severity = models.CharField(_("severity"), max_length=10, choices=list(words.SEVERITY.items()), blank=True)
    risk = models.CharField(_("risk"), max_length=10, choices=list(words.RISK.items()), default=Risk.LOW)
    priority = models.CharField(_("priority"), max_length=2, choices=[(p.value, p.value) for p in Priority])
    priority_overridden = models.BooleanField(default=False)

    resolution_code = models.CharField(_("resolution"), max_length=20, choices=Resolution, blank=True)
    resolution_note = models.TextField(_("what was done"), blank=True)
    tested_how = models.TextField(_("how it was tested"), blank=True)
    resolved_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)

    ending = models.CharField(max_length=12, choices=Ending, blank=True)
    ended_at = models.DateTimeField(null=True)
    contest_until = models.DateTimeField(null=True)
    retested_how = models.TextField(blank=True)
    rating = models.PositiveSmallIntegerField(null=True, validators=[MinValueValidator(1), MaxValueValidator(5)])
    rating_word = models.CharField(max_length=500, blank=True)
    duplicate_of = TenantForeignKey("self", on_delete=models.PROTECT, null=True, related_name="duplicates")

    was_known = False
    """Whether an action that should make it found it made already, by its source's reference."""

    objects: ClassVar[IncidentManager] = IncidentManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        constraints = [
            *walled(
                "incidents_incident",
                reporter="tenancy_membership",
                logged_by="tenancy_membership",
                team="tenancy_team",
                assignee="tenancy_membership",
                acknowledged_by="tenancy_membership",
                type="incidents_incidenttype",
                category="incidents_category",
                service="incidents_service",
                resolved_by="tenancy_membership",
                duplicate_of="incidents_incident",
            ),
            models.UniqueConstraint(fields=["organisation", "number"], name="incidents_incident_number"),
            models.UniqueConstraint(
                fields=["organisation", "logged_by", "source", "source_reference"],
                condition=~Q(source_reference="") & ~Q(status__in=sorted(FINAL)),
                name="incidents_incident_reference_of_unfinished",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.IN_PROGRESS) | Q(assignee__isnull=False),
                name="incidents_incident_work_has_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.ON_HOLD) ^ Q(hold_reason=""),
                name="incidents_incident_hold_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "status", "priority", "reported_at"], name="incidents_queue"),
            models.Index(fields=["organisation", "priority", "reported_at", "id"], name="incidents_all_by_priority"),
            models.Index(fields=["organisation", "reported_at", "id"], name="incidents_all_by_age"),
            models.Index(fields=["organisation", "updated_at", "number"], name="incidents_all_by_change"),
            models.Index(fields=["organisation", "reporter", "status"], name="incidents_of_reporter"),
            models.Index(
                fields=["organisation", "due_at", "id"],
                name="incidents_by_due",
                condition=Q(due_at__isnull=False),
            ),
            models.Index(fields=["organisation", "assignee", "status"], name="incidents_of_assignee"),
            models.Index(fields=["organisation", "team", "status"], name="incidents_of_team"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.title}"

    @property
    def label(self) -> str:
        """The number as people use it: ``INC-1042``."""
        return f"{PREFIX}{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    def is_open_to_staff(self, member: Member) -> bool:
        """Whether the member may open it in the desk as it stands in memory: `for_desk` before the row is saved."""
        if not self.restricted or member.may("incident.read_restricted"):
            return member.may("incident.read")
        return member.may("incident.read") and self.team_id in _own_teams(member)

    @property
    def clock(self) -> Clock:
        """What the SLA clock does now."""
        return clock(Status(self.status), self._reason)

    @property
    def awaited(self) -> Awaited:
        """Who or what it waits for now."""
        return awaited(Status(self.status), self._reason)

    @property
    def _reason(self) -> HoldReason | None:
        return HoldReason(self.hold_reason) if self.hold_reason else None


class Involvement(TenantModel):
    """Somebody besides the reporter: affected, taking part, or watching."""

    class Part(models.TextChoices):
        AFFECTED = "affected", _("Affected")
        PARTICIPANT = "participant", _("Participant")
        WATCHER = "watcher", _("Watcher")

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="involvements")
    membership = TenantForeignKey(
        Membership, on_delete=models.PROTECT, related_name="involvements", verbose_name=_("person")
    )
    part = models.CharField(_("as"), max_length=12, choices=Part)

    class Meta(TenantModel.Meta):
        constraints = [
            *walled("incidents_involvement", incident="incidents_incident", membership="tenancy_membership"),
            models.UniqueConstraint(
                "organisation", "incident", "membership", "part", name="incidents_involvement_once"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "membership"], name="incidents_involved_in")]

    def __str__(self) -> str:
        return f"{self.membership} ({self.get_part_display()})"
