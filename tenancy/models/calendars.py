"""When an organisation works: calendars, and what each of them said from when on."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import ClassVar

from django.db import models
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from tenancy import hours
from tenancy.wall import (
    PublicModel,
    TenantForeignKey,
    TenantManager,
    TenantModel,
    TenantQuerySet,
    current_organisation_id,
    public,
    walled,
)

SINCE_EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""From when on a calendar's first edition holds, and what an organisation starts with: imports bring old incidents."""


class Calendar(PublicModel):
    """A name for working hours ("Office", "Plant, three shifts"); what they are stands in its editions."""

    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(
        _("the usual one"), default=False, help_text=_("Counts wherever no other calendar is named.")
    )

    class Meta(PublicModel.Meta):
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        ordering = ["name"]
        constraints = [
            *walled("tenancy_calendar"),
            *public("tenancy_calendar"),
            models.UniqueConstraint(fields=["organisation", "name"], name="tenancy_calendar_name"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_default=True), name="tenancy_calendar_one_default"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarEditionQuerySet(TenantQuerySet["CalendarEdition"]):
    """Readings of the editions."""

    def holding(self, at: datetime) -> "CalendarEdition | None":
        """The one that holds at an instant, of those of one calendar."""
        return self.filter(takes_effect_at__lte=at).order_by("-takes_effect_at", "-id").first()

    def in_effect(self, calendar: OuterRef, at: datetime) -> Subquery:
        """The number of the edition that holds for a calendar at an instant, for use inside another query."""
        holding = self.filter(calendar=calendar, takes_effect_at__lte=at).order_by("-takes_effect_at", "-id")
        return Subquery(holding.values("pk")[:1])


CalendarEditionManager = TenantManager.from_queryset(CalendarEditionQuerySet)


class CalendarEdition(TenantModel):
    """What a calendar says from an instant on. Written once: a clock that has started keeps its edition.

    ``week`` is ``[weekday, "08:00", minutes]`` with Monday as 0, several a day allowed, reaching past midnight if so
    long; ``holidays`` are ``["2026-12-25", "Christmas Day"]``, the name empty where there is none. With ``always`` it
    counts round the clock.
    """

    grants = "SELECT, INSERT"

    calendar = TenantForeignKey(Calendar, on_delete=models.PROTECT, related_name="editions")
    takes_effect_at = models.DateTimeField(_("in effect from"))
    zone = models.CharField(_("time zone"), max_length=64)
    always = models.BooleanField(_("round the clock"), default=False)
    week = models.JSONField(_("open hours"), default=list)
    holidays = models.JSONField(_("holidays"), default=list)

    objects: ClassVar[CalendarEditionManager] = CalendarEditionManager()

    class Meta(TenantModel.Meta):
        verbose_name = _("edition of a calendar")
        verbose_name_plural = _("editions of calendars")
        ordering = ["takes_effect_at", "id"]
        constraints = [*walled("tenancy_calendaredition", calendar="tenancy_calendar")]
        indexes = [
            models.Index(fields=["organisation", "calendar", "takes_effect_at"], name="tenancy_calendar_in_effect")
        ]

    def __str__(self) -> str:
        return f"{self.zone}, {self.takes_effect_at:%Y-%m-%d}"

    def rules(self) -> hours.Calendar:
        """What it says, ready to count with."""
        return hours.Calendar(
            zone=self.zone,
            week=tuple(
                hours.Hours(weekday, time.fromisoformat(opens), timedelta(minutes=minutes))
                for weekday, opens, minutes in self.week
            ),
            holidays=frozenset(date.fromisoformat(day) for day, _name in self.holidays),
            always=self.always,
        )


ROUND_THE_CLOCK = hours.Calendar(zone="UTC", always=True)


def counting(edition_id: int | None) -> hours.Calendar:
    """What an edition of the bound organisation says; none: round the clock. Kept in memory: editions never change."""
    return ROUND_THE_CLOCK if edition_id is None else _kept(current_organisation_id(), edition_id)


@lru_cache(maxsize=1000)
def _kept(organisation_id: int, edition_id: int) -> hours.Calendar:
    return CalendarEdition.objects.get(pk=edition_id).rules()


def usual(at: datetime) -> QuerySet[CalendarEdition]:
    """The edition of the organisation's usual calendar that holds at an instant, if it has one."""
    editions = CalendarEdition.objects.filter(calendar__is_default=True, takes_effect_at__lte=at)
    return editions.order_by("-takes_effect_at", "-id")[:1]
