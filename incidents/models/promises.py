"""What an organisation promises in time, and the clocks that say how much of it is left."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Extract, JSONObject
from django.utils.translation import gettext_lazy as _

from incidents import words
from incidents.models.catalogue import IncidentType, Service
from incidents.models.incident import Incident, IncidentQuerySet
from incidents.sla import Measure, Offer, Promise, State
from tenancy.clock import Instant
from tenancy.models import Calendar, CalendarEdition
from tenancy.models.calendars import counting
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


class Policy(PublicModel):
    """What is promised for the incidents of a service, of a type, of both, or of all; its editions say how much.

    What it is for never changes: promises that were made by it are found by it.
    """

    name = models.CharField(_("name"), max_length=80)
    service = TenantForeignKey(
        Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    type = TenantForeignKey(
        IncidentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("type")
    )

    class Meta(PublicModel.Meta):
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["name"]
        constraints = [
            *walled("incidents_policy", service="incidents_service", type="incidents_incidenttype"),
            *public("incidents_policy"),
            models.UniqueConstraint(fields=["organisation", "name"], name="incidents_policy_name"),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyEditionQuerySet(TenantQuerySet["PolicyEdition"]):
    """Readings of the editions."""

    def holding(self, at: datetime) -> "PolicyEdition | None":
        """The one that holds at an instant, of those of one policy."""
        return self.filter(takes_effect_at__lte=at).order_by("-takes_effect_at", "-id").first()

    def offers(self, *, service_id: int | None, type_id: int | None, as_of: datetime) -> list[Offer]:
        """What the policies that fit promise, each by the edition that held at ``as_of``."""
        return [
            Offer(
                edition_id=edition.pk,
                calendar_id=edition.calendar_then,
                for_service=edition.service is not None,
                for_type=edition.type is not None,
                targets=edition.targets,
            )
            for edition in _fitting(service_id, type_id, as_of)
        ]


def _make_fitting(service_id: int | None, type_id: int | None, as_of: datetime) -> QuerySet["PolicyEdition"]:
    fitting = PolicyEdition.objects.filter(
        Q(policy__service=None) | Q(policy__service=service_id) if service_id else Q(policy__service=None),
        Q(policy__type=None) | Q(policy__type=type_id) if type_id else Q(policy__type=None),
        takes_effect_at__lte=as_of,
    )
    return (
        fitting.order_by("policy_id", "-takes_effect_at", "-id")
        .distinct("policy_id")
        .annotate(
            service=F("policy__service"),
            type=F("policy__type"),
            calendar_then=CalendarEdition.objects.in_effect(OuterRef("calendar"), as_of),
        )
    )


_fitting: Written[Any] = Written(_make_fitting)

PolicyEditionManager = TenantManager.from_queryset(PolicyEditionQuerySet)


class PolicyEdition(TenantModel):
    """How much a policy promises from an instant on. Written once; without targets the policy is at rest from then on.

    ``targets`` are minutes: ``{"P1": {"response": 15, "update": 60, "resolution": 240, "always": true}, ...}``. What is
    not named is not promised. With ``always`` they count round the clock, else in the calendar.
    """

    grants = "SELECT, INSERT"

    policy = TenantForeignKey(Policy, on_delete=models.PROTECT, related_name="editions")
    takes_effect_at = models.DateTimeField(_("in effect from"))
    calendar = TenantForeignKey(Calendar, on_delete=models.PROTECT, related_name="+", verbose_name=_("calendar"))
    targets = models.JSONField(_("targets"), default=dict)

    objects: ClassVar[PolicyEditionManager] = PolicyEditionManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("edition of a promise")
        verbose_name_plural = _("editions of promises")
        ordering = ["takes_effect_at", "id"]
        constraints = [
            *walled("incidents_policyedition", policy="incidents_policy", calendar="tenancy_calendar"),
        ]
        indexes = [
            models.Index(fields=["organisation", "policy", "takes_effect_at"], name="incidents_policy_in_effect")
        ]

    def __str__(self) -> str:
        return f"{self.policy}, {self.takes_effect_at:%Y-%m-%d}"


class Clock(TenantModel):
    """What `incidents.sla.read` said of one promise for one incident at its last turn.

    Everything here can be worked out again from the trail; it is kept to sort, to show and to wake by. ``target`` is in
    minutes; ``used`` is what was used at ``turned_at``. ``warned`` is the highest share, in percent, that somebody was
    told of, ``next_at`` when the next one is reached.
    """

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="clocks")
    measure = models.CharField(_("promise"), max_length=12, choices=list(words.MEASURE.items()))
    policy_edition = TenantForeignKey(PolicyEdition, on_delete=models.PROTECT, related_name="+")
    calendar_edition = TenantForeignKey(CalendarEdition, on_delete=models.PROTECT, null=True, related_name="+")
    target = models.PositiveIntegerField(_("target"))
    state = models.CharField(_("state"), max_length=10, choices=list(words.CLOCK_STATE.items()))
    started_at = models.DateTimeField(_("started"))
    turned_at = models.DateTimeField()
    used = models.DurationField(_("used"))
    due_at = models.DateTimeField(_("due"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    is_late = models.BooleanField(_("late"), default=False)
    warned = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            *walled(
                "incidents_clock",
                incident="incidents_incident",
                policy_edition="incidents_policyedition",
                calendar_edition="tenancy_calendaredition",
            ),
            models.UniqueConstraint(fields=["organisation", "incident", "measure"], name="incidents_clock_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} {self.due_at or ''}"

    @property
    def promise(self) -> Promise:
        """What was promised, from the snapshot that it keeps."""
        return Promise(Measure(self.measure), timedelta(minutes=self.target), counting(self.calendar_edition_id))

    def used_by(self, at: datetime) -> timedelta:
        """How much working time was used by an instant after its last turn."""
        if self.state != State.RUNS:
            return self.used
        return self.used + self.promise.calendar.between(self.turned_at, at)


def first_due(clocks: Iterable[Clock]) -> datetime | None:
    """When the first of those that run is due."""
    return min((clock.due_at for clock in clocks if clock.state == State.RUNS and clock.due_at), default=None)


_SHOWN = ("measure", "state", "target", "due_at", "ended_at", "turned_at", "is_late", "calendar_edition_id")


def with_clocks(incidents: IncidentQuerySet) -> IncidentQuerySet:
    """Bring each one's clocks along, for `clocks_of` to need no statement of its own."""
    clocks = Clock.objects.filter(incident=OuterRef("pk")).order_by("id")
    facts = JSONObject(used=Extract("used", "epoch"), **{name: name for name in _SHOWN})
    return incidents.annotate(clocks_beside=ArraySubquery(clocks.values(one=facts)))


def beside(incident: Incident, clocks: list[Clock]) -> None:
    """Hand in the clocks that were just made for it."""
    vars(incident)["clocks_beside"] = clocks


def clocks_of(incident: Incident) -> list[Clock]:
    """Its clocks, to be read; in the order of `Measure`."""
    along: Iterable[dict[str, Any] | Clock] | None = getattr(incident, "clocks_beside", None)
    found = Clock.objects.filter(incident=incident) if along is None else map(_unpacked, along)
    return sorted(found, key=lambda clock: list(Measure).index(Measure(clock.measure)))


def _unpacked(facts: dict[str, Any] | Clock) -> Clock:
    if isinstance(facts, Clock):
        return facts
    moments = {name: at and datetime.fromisoformat(at) for name, at in facts.items() if name.endswith("_at")}
    return Clock(**{**facts, **moments, "used": timedelta(seconds=facts["used"])})


class TimerQuerySet(TenantQuerySet["Timer"]):
    """Readings of the timers."""

    def due(self) -> "TimerQuerySet":
        """Those whose time has come, the longest overdue first; not what failed a moment ago."""
        ready = Q(retry_at=None) | Q(retry_at__lte=Instant())
        return self.filter(ready, due_at__lte=Instant()).order_by("due_at", "id")

    def failing(self) -> "TimerQuerySet":
        """Those that were tried in vain again and again, the longest overdue first."""
        return self.filter(attempts__gt=2, due_at__lte=Instant()).order_by("due_at", "id")


TimerManager = TenantManager.from_queryset(TimerQuerySet)


class Timer(TenantModel):
    """When an incident is next looked at by itself: the one thing the engine searches for.

    Whoever attends to it holds the incident's lock. ``attempts`` counts before each try, so that one which kills its
    process counts too; after a failure it waits until ``retry_at`` while others go on.
    """

    incident = TenantForeignKey(Incident, on_delete=models.CASCADE, related_name="timers")
    due_at = models.DateTimeField(_("due"))
    retry_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    objects: ClassVar[TimerManager] = TimerManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        ordering = ["due_at", "id"]
        constraints = [
            *walled("incidents_timer", incident="incidents_incident"),
            models.UniqueConstraint(fields=["organisation", "incident"], name="incidents_timer_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "due_at"], name="incidents_timer_due"),
            models.Index(fields=["due_at"], name="incidents_timer_first_due"),
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d %H:%M:%S}"
