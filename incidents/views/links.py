"""From a mail, without a login: confirm, reject, answer, "not so". A GET shows, only the POST acts.

A link is bound to a record, a person, a purpose and the step after which it was offered: once the incident has moved
on, it explains itself. Mail scanners may fetch it as often as they like.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from incidents import actions
from incidents.forms import LinkAnswerForm, VerbForm, VerdictForm
from incidents.lifecycle import Refused, Verb
from incidents.models import Incident
from incidents.queries import offers, open_question
from incidents.views.access import find
from incidents.views.narration import public_event
from incidents.views.verbs import form_for
from incidents.views.verdicts import answer_verdict, verdict_of
from incidents.words import explain
from notifications import links
from tenancy import clock, members
from tenancy.members import Member
from tenancy.models import Membership, TrailEntry
from tenancy.requests import BoundRequest

THANKS = {
    "confirm": gettext_lazy("Good to hear. The incident is closed."),
    "reject": gettext_lazy("It is open again, and the same agent goes on with it."),
    "contest": gettext_lazy("It is open again."),
    "answer": gettext_lazy("Your answer is with the agent, who goes on with it now."),
}
# By which steps of the same person each link counts as used.
USES = {
    "confirm": ("incident.confirmed", "incident.rejected"),
    "reject": ("incident.confirmed", "incident.rejected"),
    "contest": ("incident.contested",),
    "answer": ("incident.answered",),
}


@dataclass(frozen=True)
class Opened:
    """A link that is ours and still young."""

    purpose: str
    incident: Incident
    member: Member
    entry: int


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: BoundRequest, purpose: str, token: str) -> HttpResponse:
    """Show what a link is for, and do it when its button is pressed."""
    try:
        opened = _open(request, purpose, token)
    except links.Expired:
        return _show(request, "expired", status=410)
    except (links.BadLink, Membership.DoesNotExist, KeyError, Http404):
        return _show(request, "foreign", status=404)
    with timezone.override(opened.member.time_zone), translation.override(opened.member.language):
        return _attend(request, opened)


def _attend(request: BoundRequest, opened: Opened) -> HttpResponse:
    """Show or do it, in the words and at the hours of whoever got the mail."""
    later = offers(opened.incident).filter(id__gt=opened.entry).first()
    if later or _is_too_late(opened):
        return _explain(request, opened, later)
    form = _form(opened, request)
    if request.method == "POST" and form.is_valid():
        return _act(request, opened, form)
    return _show(request, "open", opened, status=422 if form.errors else 200, **_asked(opened, form))


def _is_too_late(opened: Opened) -> bool:
    until = opened.incident.contest_until
    return opened.purpose == "contest" and until is not None and until < clock.now()


def _explain(request: BoundRequest, opened: Opened, later: TrailEntry | None) -> HttpResponse:
    """Say why the link is of no use any more: answered by this very person, overtaken, or too late."""
    if later is None:
        too_late = _("The days in which this could be reopened are over. Please report a new incident.")
        return _show(request, "expired", opened, status=410, thanks=too_late)
    if later.actor_id == opened.member.id and later.kind in USES[opened.purpose]:
        return _show(request, "used", opened, status=410)
    happened = public_event(later) or _("There is a newer question for you")
    return _show(request, "moved_on", opened, status=410, thanks=_("%(what)s.") % {"what": happened})


def _open(request: BoundRequest, purpose: str, token: str) -> Opened:
    if purpose not in THANKS:
        raise links.Broken
    claims = links.read(token, purpose, request.organisation.id)
    membership = Membership.objects.get(pk=claims["member"], state=Membership.State.ACTIVE)
    member = members.load(membership, request.organisation)
    incident = find(Incident.objects.for_portal(member), claims["number"])
    return Opened(purpose, incident, member, claims["entry"])


def _form(opened: Opened, request: BoundRequest) -> VerbForm:
    data = request.POST if request.method == "POST" else None
    if opened.purpose == "answer":
        return LinkAnswerForm(data, incident=opened.incident)
    if opened.purpose == "contest":
        return form_for(Verb.CONTEST, opened.incident, request if data is not None else None)
    return VerdictForm(data, incident=opened.incident, initial={"verdict": opened.purpose})


def _asked(opened: Opened, form: VerbForm) -> dict[str, Any]:
    """The question behind the link. The form posts to the address it stands at."""
    if opened.purpose == "answer":
        question = open_question(opened.incident)
        author = question.author.name if question and question.author else ""
        return {
            "question": {"body": question.text if question else "", "author_name": author},
            "answer": {"form": form, "url": ""},
        }
    name = "contest" if opened.purpose == "contest" else "verdict"
    return {"verdict": verdict_of(opened.incident, {name: form}, verdict_url="", contest_url="", unfolded=True)}


def _act(request: BoundRequest, opened: Opened, form: Any) -> HttpResponse:
    thanks = THANKS[opened.purpose]
    try:
        if opened.purpose == "answer":
            actions.comment(opened.member, number=opened.incident.number, text=form.cleaned_data["body"])
        elif opened.purpose == "contest":
            actions.contest(opened.member, number=opened.incident.number, **form.arguments())
        else:
            answer_verdict(opened.member, opened.incident.number, form)
            thanks = THANKS["confirm" if form.is_confirmed else "reject"]
    except Refused as refused:
        return _show(request, "moved_on", opened, status=409, thanks=explain(refused))
    except PermissionDenied:
        return _show(request, "moved_on", opened, status=403, thanks=_("This incident has another reporter now."))
    return _show(request, "done", opened, thanks=thanks)


def _show(
    request: BoundRequest, state: str, opened: Opened | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    incident = opened and {"number": opened.incident.label, "title": opened.incident.title}
    url = reverse("incidents:portal-incident", args=[opened.incident.number]) if opened else ""
    context = {"state": state, "incident": incident, "portal_url": url, **more}
    response = render(request, "incidents/answer.html", context, status=status)
    # The token must not travel on; with "no-referrer" browsers would hide from us that the form is our own, too.
    response["Referrer-Policy"] = "strict-origin"
    return response
