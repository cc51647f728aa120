"""What this room shows on the incident's pages, which don't know it: the settings bring the two together."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents.models import Incident
from problems import actions
from problems.forms import ToProblemForm
from problems.lifecycle import Refused
from problems.models import Link, Problem
from problems.words import explain
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest


@require_http_methods(["GET", "HEAD", "POST"])
def on_incident(request: MemberRequest, number: int) -> HttpResponse:
    """The problem behind an incident, for staff: a fragment of its page, or a page of its own; or link it to one."""
    request.member.require("problem.read")
    incident = Incident.objects.for_desk(request.member).filter(number=number).first()
    if incident is None:
        raise Http404
    form = None
    if request.member.may("problem.contribute"):
        form = ToProblemForm(request.POST if request.method == "POST" else None)
    elif request.method == "POST":
        request.member.require("problem.contribute")
    if form and form.is_valid() and _link(request, incident, form):
        messages.success(request, _("Linked."))
        return redirect("desk:incident", incident.number)
    context = {**admin.site.each_context(request), "nav": "queue", "incident": incident, "form": form}
    context["problem"] = _behind(incident)
    template = "problems/_on_incident.html" if request.htmx else "problems/on_incident.html"
    return render(request, template, context, status=422 if form and form.errors else 200)


def _link(request: MemberRequest, incident: Incident, form: ToProblemForm) -> bool:
    """Link it, or tell the form why not."""
    try:
        actions.link(request.member, number=form.cleaned_data["problem"], incidents=[incident.number])
    except Problem.DoesNotExist:
        form.add_error("problem", _("There is no such problem."))
    except Refused as refused:
        form.add_error("problem", explain(refused))
    except NotPossible as refused:
        form.add_error("problem", str(refused))
    return not form.errors


def _behind(incident: Incident) -> Problem | None:
    link = Link.objects.filter(incident=incident.pk).select_related("problem__coordinator").first()
    return link.problem if link else None


def on_report(incident: Incident, *, may_write: bool) -> SafeString | str:
    """For the requester: that it is known and worked on, and the workaround as they were told it; nothing internal.

    Who ``may_write`` is shown where, if it does not help.
    """
    link = Link.objects.filter(incident=incident.pk).select_related("problem").first()
    if link is None or not link.problem.is_open or not incident.is_open:
        return ""
    was_told = link.told_edition > 0 and link.told_edition == link.problem.workaround_edition
    workaround = link.problem.workaround if was_told else ""
    shown = {"problem": link.problem.label, "workaround": workaround, "may_write": may_write}
    return render_to_string("problems/_on_report.html", shown)
