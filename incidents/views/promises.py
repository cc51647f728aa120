"""What was promised for an incident, in words: beside it, and span by span on a page of its own."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from incidents import durations, words
from incidents.lifecycle import HoldReason
from incidents.models import Clock, Incident
from incidents.models.promises import clocks_of, with_clocks
from incidents.queries import history_of
from incidents.sla import Measure, Part, State, Why, explain
from incidents.views.access import find, find_on_desk
from tenancy.doorstep import members_only
from tenancy.requests import MemberRequest

TO_THE_REQUESTER = {
    Measure.RESPONSE: gettext_lazy("You get a first answer"),
    Measure.UPDATE: gettext_lazy("You hear from us again"),
    Measure.RESOLUTION: gettext_lazy("It works again"),
}
WHY = {
    Why.COUNTED: gettext_lazy("counts"),
    Why.CLOSED: gettext_lazy("outside of the hours that count"),
    Why.HOLIDAY: gettext_lazy("a holiday"),
    Why.PAUSED: gettext_lazy("waiting for: %(what)s"),
    Why.STOPPED: gettext_lazy("it was thought to be solved"),
}
SOON = 75
"""From which share of its time on, in percent, a promise is shown as running out."""


def promises(record: Incident) -> list[dict[str, Any]]:
    """Its clocks, as they stand now."""
    at = timezone.now()
    return [_promise(one, at) for one in clocks_of(record)]


def to_the_requester(record: Incident) -> list[dict[str, Any]]:
    """What is still to come, as whoever waits is told."""
    at = timezone.now()
    found = [(one, _promise(one, at)) for one in clocks_of(record) if one.ended_at is None]
    return [{**facts, "label": TO_THE_REQUESTER[Measure(one.measure)]} for one, facts in found]


def _promise(one: Clock, at: datetime) -> dict[str, Any]:
    used, target = one.used_by(at), timedelta(minutes=one.target)
    share = min(int(used * 100 / target), 100)
    late = used > target
    return {
        "label": words.MEASURE[Measure(one.measure)],
        "state": "late" if late else "kept" if one.ended_at else one.state,
        "text": _text(one, target - used, late=late),
        "due_at": one.due_at,
        "share": share,
        "tone": "is-danger" if late else "is-warning" if share >= SOON and one.state == State.RUNS else "",
        "is_open": one.ended_at is None,
    }


def _text(one: Clock, left: timedelta, *, late: bool) -> str:
    if late:
        return _("late by %(time)s") % {"time": durations.used(-left)}
    if one.ended_at:
        return _("kept")
    text = _("%(time)s left") if one.state == State.RUNS else _("paused, %(time)s left")
    return text % {"time": durations.used(left)}


@require_safe
def for_staff(request: MemberRequest, number: int) -> HttpResponse:
    """Why these deadlines, for the desk."""
    record = find_on_desk(request.member, number)
    context = {**admin.site.each_context(request), "nav": "queue", "in_desk": True}
    return _page(request, record, context, {one: str(label) for one, label in words.MEASURE.items()})


@require_safe
@members_only
def for_requester(request: MemberRequest, number: int) -> HttpResponse:
    """Why these deadlines, for whoever waits."""
    record = find(with_clocks(Incident.objects.for_portal(request.member)), number)
    labels = {one: str(label) for one, label in TO_THE_REQUESTER.items()}
    return _page(request, record, {"nav": "home", "in_desk": False}, labels)


def _page(request: HttpRequest, record: Incident, context: dict[str, Any], labels: dict[Measure, str]) -> HttpResponse:
    at, turns = timezone.now(), history_of(record).turns
    explained = [
        {
            **_promise(one, at),
            "label": labels[Measure(one.measure)],
            "target": durations.span(timedelta(minutes=one.target)),
            "zone": "" if one.promise.calendar.always else one.promise.calendar.zone,
            "always": one.promise.calendar.always,
            "parts": _days(explain(one.promise, turns, at)),
        }
        for one in clocks_of(record)
    ]
    context |= {"incident": {"number": record.label, "title": record.title}, "promises": explained}
    return render(request, "incidents/promises.html", context)


def _days(parts: Iterable[Part]) -> list[dict[str, Any]]:
    total = timedelta()
    rows = []
    for part in parts:
        before, counts = total, part.why is Why.COUNTED
        total += part.span.length if counts else timedelta()
        rows.append(
            {
                "start": timezone.localtime(part.span.start),
                "end": timezone.localtime(part.span.end),
                "same_day": timezone.localdate(part.span.start) == timezone.localdate(part.span.end),
                "length": durations.span(_whole(total) - _whole(before) if counts else part.span.length),
                "counts": counts,
                "why": _why(part),
                "total": durations.span(total),
            }
        )
    return rows


def _whole(time: timedelta) -> timedelta:
    """Its whole minutes."""
    return time - time % timedelta(minutes=1)


def _why(part: Part) -> str:
    if part.why is Why.PAUSED:
        return WHY[part.why] % {"what": words.HOLD_REASON[HoldReason(part.because)]}
    return str(WHY[part.why])
