"""Link incidents that somebody chose in the queue to a problem, many at once."""

import re
from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from problems import actions
from problems.forms import LinkTogetherForm
from problems.lifecycle import Refused
from problems.models import Link, Problem
from problems.views.desk import named
from problems.words import explain
from tenancy.members import Member
from tenancy.requests import MemberRequest

SUGGESTED = 200


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: MemberRequest) -> HttpResponse:
    """Choose the problem that causes the incidents named in the address, and link all that can be linked."""
    member = request.member
    member.require("problem.contribute")
    labels = request.GET.getlist("incident")
    if request.method == "POST":
        form = LinkTogetherForm(request.POST)
        if form.is_valid() and (record := _link(request, form)):
            return redirect("desk:problem", record.number)
        labels = re.split(r"[\s,;]+", form["incidents"].value() or "")
    rows = [_row(one) for one in _chosen(member, labels)]
    if request.method != "POST":
        form = LinkTogetherForm(initial={"incidents": " ".join(row["number"] for row in rows)})
    form.suggest(_open_problems(member))
    context = {**admin.site.each_context(request), "nav": "queue", "form": form, "rows": rows}
    return render(request, "problems/desk_link.html", context, status=422 if form.errors else 200)


def _link(request: MemberRequest, form: LinkTogetherForm) -> Problem | None:
    """Link what can be linked and say what could not; where nothing could, tell the form why."""
    wanted = form.cleaned_data
    try:
        linked = actions.link_possible(request.member, number=wanted["problem"], incidents=wanted["incidents"])
    except Problem.DoesNotExist:
        form.add_error("problem", _("There is no such problem."))
        return None
    except Refused as refused:
        form.add_error("problem", explain(refused))
        return None
    if linked.refused and not linked.added:
        for sentence in linked.refused:
            form.add_error("incidents", sentence)
        return None
    _tell(request, linked)
    return linked.problem


def _tell(request: MemberRequest, linked: actions.Linked) -> None:
    count = len(linked.added)
    if not count:
        messages.info(request, _("They are linked already."))
        return
    told = ngettext("%(count)s incident is linked.", "%(count)s incidents are linked.", count) % {"count": count}
    messages.success(request, told)
    if linked.refused:
        messages.warning(request, _("Not linked: %(why)s") % {"why": " ".join(linked.refused)})


def _chosen(member: Member, labels: list[str]) -> list[tuple[Any, str]]:
    """The incidents, each with the number of the problem that causes it already."""
    found = list(named(member, labels))
    links = Link.objects.filter(incident__in=[one.pk for one in found]).select_related("problem")
    causes = {one.incident_id: one.problem.label for one in links}
    return [(one, causes.get(one.pk, "")) for one in found]


def _row(chosen: tuple[Any, str]) -> dict[str, Any]:
    incident, cause = chosen
    return {
        "number": incident.label,
        "title": incident.title,
        "url": reverse("desk:incident", args=[incident.number]),
        "status": incident.status,
        "problem": cause,
    }


def _open_problems(member: Member) -> list[tuple[str, str]]:
    """The worst ones by number and title, to choose from."""
    worst = Problem.objects.visible_to(member).open().order_by("priority", "-raised_at", "id")
    return [(one.label, one.title) for one in worst.only("number", "title")[:SUGGESTED]]
