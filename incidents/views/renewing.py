"""What promises that were changed would change for open incidents, before they are applied to them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from incidents import durations, words
from incidents.actions import renewing
from incidents.actions.renewing import Renewal
from incidents.models import Clock, Incident
from incidents.sla import Measure, State
from tenancy import clock
from tenancy.requests import MemberRequest

MOST_LISTED = 200
MOST_COUNTED = 2_000


@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: MemberRequest) -> HttpResponse:
    """List what would change; apply it, if it is what was listed."""
    request.member.require("organisation.administer")
    seen = request.POST.get("seen")
    if request.method == "POST" and seen == renewing.holding(clock.now()):
        done = renewing.renew(request.member)
        told = ngettext(
            "%(count)s open incident has its new promises.", "%(count)s open incidents have their new promises.", done
        )
        messages.success(request, told % {"count": done})
        return redirect("desk:promises-renew")
    if request.method == "POST":
        messages.warning(request, _("What is promised has been changed meanwhile: look at the list again."))
    return TemplateResponse(
        request, "incidents/renew.html", _page(request), status=409 if request.method == "POST" else 200
    )


def _page(request: MemberRequest) -> dict[str, Any]:
    now = clock.now()
    found = list(islice(renewing.renewals(now), MOST_COUNTED + 1))
    may_see = set(
        Incident.objects.for_desk(request.member)
        .filter(pk__in=[renewal.incident.pk for renewal in found])
        .values_list("pk", flat=True)
    )
    listed = [renewal for renewal in found if renewal.incident.pk in may_see][:MOST_LISTED]
    return {
        **admin.site.each_context(request),
        "nav": "setup",
        "rows": [(renewal.incident, list(_lines(renewal))) for renewal in listed],
        "count": min(len(found), MOST_COUNTED),
        "is_more": len(found) > MOST_COUNTED,
        "unlisted": min(len(found), MOST_COUNTED) - len(listed),
        "late": sum(_goes_late(renewal) for renewal in found),
        "at_once": renewing.BATCH,
        "seen": renewing.holding(now),
    }


def _goes_late(renewal: Renewal) -> bool:
    late = {measure for measure, one in renewal.before.items() if one.is_late}
    return any(one.is_late for measure, one in renewal.after.items() if measure not in late)


def _lines(renewal: Renewal) -> Iterator[dict[str, Any]]:
    for measure in renewal.measures:
        before, after = renewal.before.get(measure), renewal.after.get(measure)
        yield {"measure": words.MEASURE[Measure(measure)], "before": _told(before), "after": _told(after)}


def _told(one: Clock | None) -> dict[str, Any] | None:
    if one is None:
        return None
    time = durations.tell(one.target, always=one.calendar_edition_id is None)
    return {"time": time, "due_at": one.due_at, "is_late": one.is_late, "state": words.CLOCK_STATE[State(one.state)]}
