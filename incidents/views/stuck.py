"""What the engine can't do by itself: shown to administrators, who can let it be tried again at once."""

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.actions import calling
from incidents.models import Timer
from tenancy.requests import MemberRequest


@require_http_methods(["GET", "HEAD", "POST"])
def stuck(request: MemberRequest) -> HttpResponse:
    """The incidents whose deadlines keep failing, the longest overdue first."""
    request.member.require("organisation.administer")
    timers = Timer.objects.failing().select_related("incident")
    if request.method == "POST":
        for timer in timers.exclude(retry_at=None):
            calling.try_again(request.member, timer=timer)
        messages.success(request, _("They are tried again within seconds."))
        return redirect("desk:stuck")
    rows = [
        {
            "number": timer.incident.label,
            "due_at": timer.due_at,
            "attempts": timer.attempts,
            "retry_at": timer.retry_at,
            "why": timer.last_error,
        }
        for timer in timers[:200]
    ]
    return render(request, "incidents/stuck.html", {**admin.site.each_context(request), "nav": "setup", "rows": rows})
