"""What is like an incident, on its page in the desk, which doesn't know this room; and what is like a problem."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from incidents.models import Incident
from problems.actions.step import may
from problems.answers import Match
from problems.lifecycle import Status, Verb, verbs_from
from problems.models import Problem
from problems.queries import Hit, hits
from problems.similar import Alike, not_linked_yet, similar_to
from problems.views import shape
from problems.views.desk import find
from tenancy.requests import MemberRequest

LONGEST_NOTE = 200


@require_safe
def on_incident(request: MemberRequest, number: int) -> HttpResponse:
    """Similar incidents, known errors and problems: a fragment of the incident's page, or a page of its own."""
    request.member.require("problem.read")
    incident = Incident.objects.for_desk(request.member).filter(number=number).first()
    if incident is None:
        raise Http404
    found = similar_to(incident, request.member)
    context = {
        **admin.site.each_context(request),
        "nav": "queue",
        "incident": incident,
        "groups": [
            {"title": _("Open incidents"), "rows": [_incident(one) for one in found.open]},
            {"title": _("Solved incidents"), "rows": [_incident(one) for one in found.solved]},
            {"title": _("Known errors"), "rows": [_known_error(one) for one in found.known_errors]},
            {"title": _("Problems"), "rows": [_problem(one) for one in found.problems]},
        ],
    }
    context["is_empty"] = not any(group["rows"] for group in context["groups"])
    return render(request, "problems/_similar.html" if request.htmx else "problems/similar.html", context)


@require_safe
def on_problem(request: MemberRequest, number: int) -> HttpResponse:
    """Incidents that are like a problem and could be linked."""
    record, member = find(request.member, number), request.member
    rows = [_incident(one) for one in not_linked_yet(record, member)]
    may_link = may(member, Verb.LINK, record) and Verb.LINK in verbs_from(Status(record.status))
    context = {
        **admin.site.each_context(request),
        "nav": "problems",
        "problem": shape.row(record, hits([record], member).get(record.pk, Hit())),
        "rows": rows,
        "link_url": reverse("desk:problem-act", args=[number, Verb.LINK]) if may_link else "",
        "all": " ".join(row["number"] for row in rows),
    }
    return render(request, "problems/desk_similar.html", context)


def _incident(one: Alike[Incident]) -> dict[str, Any]:
    record = one.record
    note = Truncator(record.resolution_note).chars(LONGEST_NOTE)
    how = record.get_resolution_code_display() if record.resolution_code and not record.is_open else ""
    return {
        "number": record.label,
        "title": record.title,
        "url": reverse("desk:incident", args=[record.number]),
        "status": record.status,
        "status_words": "",
        "why": _why(same_code=one.same_error_code, same_service=one.same_service, words=one.words),
        "how": f"{how}: {note}" if how and note else how,
        "problem": one.problem,
    }


def _problem(one: Alike[Problem]) -> dict[str, Any]:
    record = one.record
    return {
        "number": record.label,
        "title": record.title,
        "url": reverse("desk:problem", args=[record.number]),
        "status": shape.LOOKS[Status(record.status)],
        "status_words": record.get_status_display(),
        "why": _why(same_code=one.same_error_code, same_service=one.same_service, words=one.words),
    }


def _known_error(one: Match) -> dict[str, Any]:
    return {
        "number": one.article.problem.label if one.article.problem else "",
        "title": one.article.title,
        "url": reverse("desk:article", args=[one.article.public_id]),
        "why": _why(same_code=one.same_error_code, same_service=one.same_service),
    }


def _why(*, same_code: bool, same_service: bool, words: tuple[str, ...] = ()) -> str:
    """What speaks for it; where it is nothing of that, its text does."""
    told = []
    if same_code:
        told.append(_("same error code"))
    if same_service:
        told.append(_("same service"))
    if words:
        told.append(_("same words: %(words)s") % {"words": ", ".join(words)})
    return ", ".join(told) or _("alike text")
