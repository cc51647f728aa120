"""Does the trouble stay away? What was reported before and after the fix, day by day."""

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from incidents.models import Incident, IncidentQuerySet, rules
from problems.models import Problem
from problems.queries import Hit, hits, of_its_kind, recurrences
from problems.views import shape
from problems.views.desk import find
from tenancy.requests import MemberRequest

# Of the drawing, in its own units.
WIDTH, HEIGHT = 600, 120


@require_safe
def proof(request: MemberRequest, number: int) -> HttpResponse:
    """The chart, its numbers as a table, and what may be the same trouble."""
    record, member = find(request.member, number), request.member
    seen = Incident.objects.for_desk(member)
    again = [one.pk for one in recurrences(record)]
    context = {
        **admin.site.each_context(request),
        "nav": "problems",
        "problem": shape.row(record, hits([record], member).get(record.pk, Hit())),
        "fixed_at": record.resolved_at,
        "observed_until": record.observed_until,
        "chart": _chart(record, seen),
        "again": [
            {
                "number": one.label,
                "title": one.title,
                "url": reverse("desk:incident", args=[one.number]),
                "status": one.status,
                "reported_at": one.reported_at,
            }
            for one in seen.filter(pk__in=again).order_by("reported_at")
        ],
        "rejected": record.links.all().visible_to(member).exclude(rejected_at=None).select_related("incident"),
    }
    return render(request, "problems/desk_proof.html", context)


def _chart(record: Problem, seen: IncidentQuerySet) -> dict[str, Any]:
    """Bars by day, as long before the fix as it is observed after it; without a fix, up to today."""
    days = rules().observation_days
    turn = timezone.localdate(record.resolved_at) if record.resolved_at else timezone.localdate()
    first = turn - timedelta(days=days)
    number = 2 * days + 1 if record.resolved_at else days + 1
    counts = dict.fromkeys((first + timedelta(days=place) for place in range(number)), 0)
    # a day more, for whichever zone the reader lives in
    since = (record.resolved_at or timezone.now()) - timedelta(days=days + 1)
    reported = of_its_kind(record, seen.filter(reported_at__gte=since)).values_list("reported_at", flat=True)
    for at in reported:
        day = timezone.localdate(at)
        if day in counts:
            counts[day] += 1
    drawn = {"width": WIDTH, "height": HEIGHT, "bars": _bars(counts, turn), "most": max(counts.values())}
    return {**drawn, "first": min(counts), "last": max(counts)}


def _bars(counts: dict[date, int], turn: date) -> list[dict[str, Any]]:
    step, most = WIDTH / len(counts), max(1, *counts.values())
    return [
        {
            "day": day,
            "count": count,
            "is_after": day > turn,
            "x": round(place * step + 1, 1),
            "y": round(HEIGHT - HEIGHT * count / most, 1),
            "width": round(step - 2, 1),
            "height": round(HEIGHT * count / most, 1),
        }
        for place, (day, count) in enumerate(counts.items())
    ]
