"""The portal: report, follow, answer, confirm."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import actions
from incidents.audience import AUDIENCE, people_around
from incidents.forms import AnswerForm, ReportForm, VerbForm, VerdictForm
from incidents.lifecycle import FINAL, MOVES, Party, Status, Verb
from incidents.models import Incident, Message
from incidents.models.promises import with_clocks
from incidents.queries import conversation, open_question
from incidents.views import shape
from incidents.views.access import find
from incidents.views.attempts import Side, attempt
from incidents.views.live import kept_fresh
from incidents.views.promises import to_the_requester
from incidents.views.told import foreseen_outside
from incidents.views.verbs import empty, filled, form_for, keeping, perform
from incidents.views.verdicts import answer_verdict, verdict_of
from incidents.words import DONE, VERB
from tenancy.doorstep import members_only
from tenancy.members import Member
from tenancy.models import Membership
from tenancy.requests import MemberRequest

PER_PAGE = 25
# A refused form leaves the page at its verb's address; looking there leads back to the incident.
LED_BACK = ["GET", "HEAD", "POST"]


@require_safe
@members_only
@kept_fresh
def home(request: MemberRequest) -> HttpResponse:
    """My incidents, those that wait for me first."""
    mine = Incident.objects.for_portal(request.member).select_related("service", "assignee", "reporter")
    newest = mine.order_by("-reported_at", "-id")
    yours = list(newest.asking(request.member))
    others = newest.exclude(status__in=FINAL).exclude(pk__in=[one.pk for one in yours])
    over = newest.filter(status__in=FINAL)
    groups = [
        _group("yours", _("Waiting for you"), len(yours), yours, request.member),
        _turned(request, "open", _("Being looked after"), others),
        _turned(request, "page", _("Finished"), over),
    ]
    context = {"nav": "home", "groups": [group for group in groups if group["incidents"]]}
    return render(request, "incidents/portal_home.html", context)


def _turned(request: MemberRequest, key: str, title: str, incidents: QuerySet[Incident]) -> dict[str, Any]:
    """A group that is turned by its own ``key``: who follows a busy service has too many under way for one page."""
    page = Paginator(incidents, PER_PAGE).get_page(request.GET.get(key))
    return {**_group(key, title, page.paginator.count, page, request.member), "page": page}


def _group(key: str, title: str, count: int, incidents: Iterable[Incident], member: Member) -> dict[str, Any]:
    rows = [shape.portal_row(one, member) for one in incidents]
    return {"key": key, "title": title, "yours": key == "yours", "count": count, "incidents": rows}


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def report(request: MemberRequest) -> HttpResponse:
    """Report an incident; what was typed and brought survives every error."""
    if request.method == "POST":
        form = filled(ReportForm, request)
        if form.is_valid():
            incident = actions.report(request.member, draft=form.draft())
            messages.success(request, _("Thank you. We have it as %(number)s.") % {"number": incident.label})
            return redirect("incidents:portal-incident", incident.number)
    else:
        form = empty(ReportForm)
    answers = reverse(settings.REPORT_ANSWERS) if settings.REPORT_ANSWERS else ""
    context = {"nav": "report", "form": form, "answers": answers, **keeping(form)}
    return render(request, "incidents/portal_report.html", context, status=422 if form.errors else 200)


@require_safe
@members_only
@kept_fresh
def incident(request: MemberRequest, number: int) -> HttpResponse:
    """The incident as a conversation."""
    return _page(request, find(with_clocks(Incident.objects.for_portal(request.member)), number))


@require_http_methods(LED_BACK)
@members_only
def act(request: MemberRequest, number: int, verb: Verb) -> HttpResponse:
    """Speak one of the requester's verbs."""
    record = find(Incident.objects.for_portal(request.member), number)
    if request.method != "POST":
        return redirect("incidents:portal-incident", number)
    if verb in (Verb.COMMENT, Verb.ANSWER):
        form = filled(AnswerForm, request, incident=record)
        return attempt(SIDE, request, record, lambda: _say(request, number, form), reply=form)
    if MOVES[verb].party is Party.STAFF or verb in (Verb.CONFIRM, Verb.REJECT):
        return _page(request, record, status=403, problem=_("This is not done here."))
    form = form_for(verb, record, request)
    return attempt(SIDE, request, record, lambda: perform(verb, request.member, record, form), **{verb: form})


@require_http_methods(LED_BACK)
@members_only
def verdict(request: MemberRequest, number: int) -> HttpResponse:
    """The reporter's one answer after a resolution."""
    record = find(Incident.objects.for_portal(request.member), number)
    if request.method != "POST":
        return redirect("incidents:portal-incident", number)
    form = VerdictForm(request.POST, incident=record)
    return attempt(SIDE, request, record, lambda: answer_verdict(request.member, number, form), verdict=form)


def _say(request: MemberRequest, number: int, form: Any) -> Verb:
    actions.comment(request.member, number=number, text=form.cleaned_data["body"], attachments=form.uuids)
    return Verb.COMMENT


def _done(request: MemberRequest, record: Incident, verb: Verb) -> HttpResponse:
    messages.success(request, DONE[verb])
    return redirect("incidents:portal-incident", record.number)


def _page(
    request: MemberRequest, record: Incident, *, status: int = 200, problem: str = "", **forms: Any
) -> HttpResponse:
    member = request.member
    for form in forms.values():
        if problem:
            form.add_error(None, problem)
    if problem and not any(name in _shown(record, member) for name in forms):
        messages.error(request, problem)
    reply = forms.get("reply") or empty(AnswerForm, incident=record)
    question = open_question(record)
    record.organisation = request.organisation
    around = people_around(record, AUDIENCE["incident_closed"])
    answer = _reply(record, member, reply, forms, around)
    context = {
        "nav": "home",
        "incident": {
            **shape.portal_row(record, member),
            "waiting_for": shape.waiting_for(record, mine=record.reporter_id == member.id),
        },
        "steps": shape.steps(record),
        "facts": shape.portal_facts(record),
        "promises": to_the_requester(record),
        "conversation": shape.conversation(conversation(record, internal=False), member),
        "verdict": _verdict(record, member, forms, around),
        "panels": [import_string(path)(record, may_write=answer is not None) for path in settings.PORTAL_PANELS],
        "question": question and {"body": question.text, "author_name": _name(question), "at": question.at},
        "reply": answer,
        "verbs": _verbs(record, member, forms, around),
        "is_final": record.is_final,
        **keeping(reply),
    }
    return render(request, "incidents/portal_incident.html", context, status=status)


SIDE = Side(Incident.objects.for_portal, _page, _done)


def _name(message: Message) -> str:
    return message.author.name if message.author else ""


def _shown(record: Incident, member: Member) -> set[str]:
    shown = {"verdict"} if record.status == Status.RESOLVED else set()
    if not record.is_final:
        shown.add("reply")
    return shown | ({"withdraw"} if record.is_open else set())


def _reply(
    record: Incident, member: Member, form: VerbForm, forms: Any, around: list[Membership]
) -> dict[str, Any] | None:
    if record.is_final and "reply" not in forms:
        return None
    if record.reporter_id != member.id and not _involved(record, member):
        return None
    told = foreseen_outside(member, record, Verb.COMMENT, around)
    return {"form": form, "url": reverse("incidents:portal-act", args=[record.number, Verb.COMMENT]), "told": told}


def _involved(record: Incident, member: Member) -> bool:
    return Incident.objects.all().concerning(member).filter(pk=record.pk).exists()


def _verdict(record: Incident, member: Member, forms: Any, around: list[Membership]) -> dict[str, Any] | None:
    if record.reporter_id != member.id:
        return None
    # Whoever is told that it works is told, too, that it doesn't.
    found = verdict_of(
        record,
        forms,
        verdict_url=reverse("incidents:portal-verdict", args=[record.number]),
        contest_url=reverse("incidents:portal-act", args=[record.number, Verb.CONTEST]),
    )
    return found and {**found, "told": foreseen_outside(member, record, Verb.CONTEST, around)}


def _verbs(record: Incident, member: Member, forms: Any, around: list[Membership]) -> list[dict[str, Any]]:
    if record.reporter_id != member.id or not (record.is_open or "withdraw" in forms):
        return []
    url = reverse("incidents:portal-act", args=[record.number, Verb.WITHDRAW])
    form = forms.get("withdraw") or form_for(Verb.WITHDRAW, record)
    told = foreseen_outside(member, record, Verb.WITHDRAW, around)
    return [{"label": VERB[Verb.WITHDRAW], "url": url, "form": form, "danger": True, "told": told}]
