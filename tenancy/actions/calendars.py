"""Calendars, and what they say from when on. What has begun to count keeps the edition that it began with."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tenancy import editions, trail
from tenancy.actions.standing import hold_organisation
from tenancy.drafts import CalendarDraft
from tenancy.members import Member
from tenancy.models import Calendar, CalendarEdition
from tenancy.models.calendars import SINCE_EVER
from tenancy.refusal import NotPossible, refusing_twins
from tenancy.wall import refuse_unbound

_SAID = ("zone", "always", "week", "holidays")


@transaction.atomic
def add_calendar(member: Member, *, draft: CalendarDraft, at: datetime | None = None) -> Calendar:
    """Add a calendar. Nothing counts in it yet, so its hours hold since ever; the first one is the usual one."""
    refuse_unbound()
    member.require("organisation.administer")
    _refuse_never_open(draft)
    hold_organisation()  # first: who leaves holds it, too, and waits for whoever reports
    at = at or editions.now_to_change()
    is_default = draft.is_default or not Calendar.objects.filter(is_default=True).exists()
    if is_default:
        Calendar.objects.filter(is_default=True).update(is_default=False)
    with refusing_twins(_taken(draft)):
        calendar = Calendar.objects.create(name=draft.name, is_default=is_default)
    edition = CalendarEdition.objects.create(calendar=calendar, takes_effect_at=SINCE_EVER, **_said(draft))
    facts = {"changed": {"edition_id": [None, edition.pk], "is_default": [False, is_default]}}
    trail.record("calendar.added", record=("calendar", calendar.pk), actor=member, at=at, facts=facts)
    return calendar


@transaction.atomic
def change_calendar(
    member: Member, *, calendar: Calendar, draft: CalendarDraft, at: datetime | None = None
) -> Calendar:
    """Rename it, make it the usual one, or let it say something else from a day on.

    Raises `NotPossible` for a day that has begun, and where there would be no usual calendar any more.
    """
    refuse_unbound()
    member.require("organisation.administer")
    _refuse_never_open(draft)
    hold_organisation()
    at = at or editions.now_to_change()
    held = Calendar.objects.get(pk=calendar.pk)
    starts_at = beginning_of(draft.takes_effect, draft.zone, at)
    changed = {**_name(held, draft), **_say(held, draft, starts_at)}
    if changed:
        facts: dict[str, Any] = {"changed": changed}
        if "edition_id" in changed:
            facts["takes_effect_at"] = starts_at.isoformat()
        trail.record("calendar.changed", record=("calendar", held.pk), actor=member, at=at, facts=facts)
    return held


def beginning_of(day: date | None, zone: str, at: datetime) -> datetime:
    """Return the day's first instant in the zone; at once where no day is given. Raises `NotPossible` for the past."""
    if day is None:
        return at
    starts_at = datetime.combine(day, time(), ZoneInfo(zone))
    if starts_at <= at:
        raise NotPossible(_("What has been promised stays: name a day to come, or none to change it at once."))
    return starts_at


def _refuse_never_open(draft: CalendarDraft) -> None:
    if not draft.always and not draft.week:
        raise NotPossible(_("A calendar needs open hours, or nothing that counts in it would ever be due."))


def _taken(draft: CalendarDraft) -> str:
    return _("There is “%(name)s” already.") % {"name": draft.name}


def _name(calendar: Calendar, draft: CalendarDraft) -> dict[str, Any]:
    if calendar.is_default and not draft.is_default:
        raise NotPossible(_("One calendar has to be the usual one: make another one that, and this one no longer is."))
    wanted = {"name": draft.name, "is_default": draft.is_default}
    changed = {key: [getattr(calendar, key), value] for key, value in wanted.items() if getattr(calendar, key) != value}
    if "is_default" in changed:
        Calendar.objects.filter(is_default=True).update(is_default=False)
    for key, value in wanted.items():
        setattr(calendar, key, value)
    with refusing_twins(_taken(draft)):
        calendar.save()
    return changed


def _say(calendar: Calendar, draft: CalendarDraft, starts_at: datetime) -> dict[str, Any]:
    """Add an edition, unless the calendar says the same then anyway."""
    found = CalendarEdition.objects.filter(calendar=calendar)
    before, said = found.holding(starts_at), _said(draft)
    if before and {key: getattr(before, key) for key in _SAID} == said:
        return {}
    edition = CalendarEdition.objects.create(calendar=calendar, takes_effect_at=starts_at, **said)
    return {"edition_id": [before and before.pk, edition.pk]}


def _said(draft: CalendarDraft) -> dict[str, Any]:
    week = sorted([one.weekday, f"{one.opens:%H:%M}", int(one.lasts.total_seconds()) // 60] for one in draft.week)
    holidays = [[day.isoformat(), name] for day, name in draft.holidays]
    return {"zone": draft.zone, "always": draft.always, "week": week, "holidays": holidays}
