"""Calendars, as administrators set them up."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy import clock, holidays, openings
from tenancy.actions import calendars
from tenancy.calendar_form import DAYS, HOW, CalendarForm
from tenancy.desk import DeskAdmin
from tenancy.members import Member
from tenancy.models import Calendar, CalendarEdition

SHOWN_HOLIDAYS = 12


class DatedAdmin(DeskAdmin):
    """What is saved here holds from a day on. What holds at once may concern open records: that is shown next."""

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Lead on."""
        return self.show_open(request, super().response_change(request, obj))

    def show_open(self, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        """Show what would change for open records, unless whoever saved stays here, or it is yet to come."""
        stays = {"_continue", "_addanother"} & request.POST.keys()
        at_once = not stays and not request.POST.get("takes_effect")
        return redirect(settings.WHAT_WOULD_CHANGE) if at_once else answer


class CalendarAdmin(DatedAdmin):
    """Working hours and holidays: changed from a day on, never backwards; promises count in them."""

    form = CalendarForm
    list_display = ("name", "is_default", "opens", "to_come")
    ordering = ("name",)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What a new one says holds since ever; who may only look reads it in words."""
        names = ("name", "is_default")
        if obj and not self.has_change_permission(request):
            return [(None, {"fields": (*names, "opens")})]
        return [
            (None, {"fields": (*names, "zone")}),
            (_("Open hours"), {"fields": ("always", DAYS), "description": HOW}),
            (_("Holidays"), {"fields": ("holidays", "file")}),
            *([(_("From when"), {"fields": ("takes_effect",)})] if obj else []),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The hours in words, for whoever may only look."""
        return () if self.has_change_permission(request) else ("opens",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was promised counts in it."""
        return False

    def carry_out(self, member: Member, form: Any, formsets: list[Any], *, change: bool) -> models.Model:
        """Add it, or let it say something else from a day on."""
        if change:
            return calendars.change_calendar(member, calendar=form.instance, draft=form.draft())
        return calendars.add_calendar(member, draft=form.draft())

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Show the week at a glance, as it holds or as it was typed, and what is to come."""
        form, row, now = context["adminform"].form, kwargs.get("obj"), clock.now()
        held = _editions(row).holding(now) if row else None
        if form.previews:
            draft = form.draft()
            context |= _shown(form.rules(), draft.holidays, now.date()) | {"found": form.found}
        elif held and not form.errors:
            named = [(date.fromisoformat(day), name) for day, name in held.holidays]
            context |= _shown(held.rules(), named, now.date())
        context["to_come"] = [
            {"at": edition.takes_effect_at, "words": openings.tell(edition.rules()), "days": len(edition.holidays)}
            for edition in (_editions(row).filter(takes_effect_at__gt=now) if row else ())
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=_("open"))
    def opens(self, calendar: Calendar) -> str:
        """When it is open now, in words."""
        edition = _editions(calendar).holding(clock.now())
        return openings.tell(edition.rules()) if edition else ""

    @admin.display(description=_("next change"))
    def to_come(self, calendar: Calendar) -> Any:
        """From when on it says something else."""
        ahead = _editions(calendar).filter(takes_effect_at__gt=clock.now()).first()
        return ahead and timezone.localtime(ahead.takes_effect_at).date()


def _editions(calendar: Any) -> Any:
    return CalendarEdition.objects.filter(calendar=calendar)


def _shown(rules: Any, named: Iterable[holidays.Holiday], today: date) -> dict[str, Any]:
    ahead = [(day, name) for day, name in named if day >= today]
    return {
        "words": openings.tell(rules),
        "week": openings.glance(rules),
        "holidays": ahead[:SHOWN_HOLIDAYS],
        "more_holidays": len(ahead) - SHOWN_HOLIDAYS,
    }
