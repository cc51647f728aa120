"""Why it happens: the tree of whys, its branches and its timeline."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from problems.lifecycle import Verb
from problems.queries import Hit, shown_by, suspicions, whys
from problems.views import analysis_shape, shape
from problems.views.desk import SHOWN, find, form_alone
from problems.views.offered import Verbs, Wanted
from tenancy.requests import MemberRequest


@require_safe
def analysis(request: MemberRequest, number: int) -> HttpResponse:
    """The analysis, with all that may be done to it now."""
    wanted = Wanted.by(request.GET.dict(), Verb)
    verbs = Verbs(find(request.member, number), request.member, {}, wanted)
    if wanted and request.htmx.target == wanted.mark:
        return form_alone(request, analysis_shape.opened(verbs, wanted), wanted)
    return show(request, verbs)


def show(request: MemberRequest, verbs: Verbs, *, status: int = 200, trouble: str = "") -> HttpResponse:
    """The analysis; where something was refused, with what was typed and why."""
    record, member = verbs.record, request.member
    if trouble:
        messages.error(request, trouble)
    said = whys(record, member)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "nav": "problems",
        "problem": shape.row(record, Hit()),
        "cause": record.cause,
        "doubted": shape.doubted(record, member),
        "whys": analysis_shape.tree(said, shown_by(record, member), verbs),
        "chain": analysis_shape.chain_to_cause(said),
        "branches": analysis_shape.branches(said),
        "timeline": analysis_shape.timeline(said),
        "suspicions": [analysis_shape.suspicion(one, verbs) for one in suspicions(record, member)[:SHOWN]],
        "add": verbs.one(Verb.STATE),
    }
    return render(request, "problems/desk_analysis.html", context, status=status)
