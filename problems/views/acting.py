"""Speak a verb on a problem, from whichever of its pages."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from problems.analysis import Loss
from problems.lifecycle import Refused, Verb
from problems.views import analysis, desk
from problems.views.desk import find
from problems.views.offered import ON_ANALYSIS, Verbs, page_of, place_of
from problems.views.verbs import PERFORM, form_for, perform
from problems.words import DONE, LOST, explain
from tenancy.members import Denied
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest


# A refused form leaves the page at its verb's address; looking there leads back to where it is offered.
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: MemberRequest, number: int, verb: Verb) -> HttpResponse:
    """Speak one of the verbs."""
    record = find(request.member, number)
    if request.method != "POST":
        return redirect(page_of(verb, record))
    if verb not in PERFORM:
        raise Http404
    show = analysis.show if verb in ON_ANALYSIS else desk.show
    form = form_for(verb, record, request.member, request)
    sent = {verb: form}
    if not form.is_valid():
        return show(request, Verbs(record, request.member, sent), status=422)
    try:
        outcome = perform(verb, request.member, record, form)
    except (Refused, NotPossible) as refused:
        why = explain(refused) if isinstance(refused, Refused) else str(refused)
        return show(request, Verbs(find(request.member, number), request.member, sent), status=409, trouble=why)
    except Denied as denied:
        return show(request, Verbs(record, request.member, {}), status=403, trouble=str(denied))
    messages.success(request, f"{record.label}: {DONE[verb]}")
    if isinstance(outcome, Loss) and LOST[outcome]:
        messages.warning(request, str(LOST[outcome]))
    return redirect(page_of(verb, record) + place_of(verb, form.about))
