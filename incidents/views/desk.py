"""The desk: the queue, one incident, and logging for somebody. The desk's site guards the door."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Case, F, OrderBy, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from incidents import actions
from incidents.filters import QueueFilter
from incidents.forms import ComposerForm, LogForm
from incidents.forms.files import ids_in
from incidents.lifecycle import MOVES, OPEN, Party, Status, Verb
from incidents.models import Incident
from incidents.queries import counts, tabs
from incidents.views import incident_shape, queue_shape
from incidents.views.access import find, find_on_desk
from incidents.views.attempts import Side, attempt
from incidents.views.live import kept_fresh
from incidents.views.offered import IN_PLACE, Verbs, Wanted
from incidents.views.verbs import empty, filled, form_for, keeping, perform
from incidents.words import DONE
from tenancy.members import Denied
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest

PER_PAGE = 50
# A refused form leaves the page at its verb's address; looking there leads back to the incident.
LED_BACK = ["GET", "HEAD", "POST"]
# As a life goes, not by the alphabet.
LIFE = Case(*(When(status=status, then=place) for place, status in enumerate(Status)))
# What is put out does not burn, however high its priority was.
OUT = Case(When(status__in=OPEN, then=0), default=1)
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "burning": (OUT.asc(), "priority", "reported_at", "id"),
    "-burning": (OUT.desc(), "-priority", "-reported_at", "-id"),
    "newest": ("-reported_at", "-id"),
    "oldest": ("reported_at", "id"),
    "due": (F("due_at").asc(nulls_last=True), "id"),
    "-due": (F("due_at").desc(nulls_last=True), "-id"),
    "title": ("title", "id"),
    "-title": ("-title", "-id"),
    "status": (LIFE.asc(), "priority", "id"),
    "-status": (LIFE.desc(), "priority", "id"),
}


@require_safe
@kept_fresh
def queue(request: MemberRequest) -> HttpResponse:
    """The queue: what burns first stands first."""
    request.member.require("incident.read")
    visible = Incident.objects.for_desk(request.member)
    views = {tab.name: tab for tab in tabs(request.member)}
    tab = views.get(request.GET.get("tab", ""), views["open"])
    order = request.GET.get("sort", "")
    filters = QueueFilter(request.GET, queryset=visible.filter(tab.condition).select_related("reporter", "assignee"))
    ordered = filters.qs.order_by(*ORDERS.get(order, ORDERS["burning"]))
    page = Paginator(ordered.prefetch_related("team", "service", "type"), PER_PAGE).get_page(request.GET.get("page"))
    numbers = counts(visible, request.member)
    choices = queue_shape.choices(request.member)
    context = {
        **admin.site.each_context(request),
        "nav": "queue",
        "queue_count": numbers["open"],
        "tabs": queue_shape.tabs(views.values(), tab.name, numbers),
        "form": filters.form,
        "clear_url": queue_shape.clear_url(request.GET, tab.name),
        "columns": queue_shape.columns(request.GET, order),
        "rows": [queue_shape.row(one, choosable=bool(choices)) for one in page],
        "choices": choices,
        "page": page,
    }
    return render(request, "incidents/desk_queue.html", context)


@require_safe
@kept_fresh
def incident(request: MemberRequest, number: int) -> HttpResponse:
    """One incident, with all that may be done to it now."""
    record = find_on_desk(request.member, number)
    record.organisation = request.organisation
    wanted = Wanted.by(request.GET.dict(), Verb)
    verbs = Verbs(record, request.member, {}, wanted)
    if wanted and request.htmx.target == wanted.mark:
        return _form(request, verbs, wanted)
    too_late = wanted and wanted.verb not in verbs.possible and not request.htmx
    return _show(request, verbs, problem=_("This is not possible any more.") if too_late else "")


def _form(request: MemberRequest, verbs: Verbs, wanted: Wanted) -> HttpResponse:
    """Only the form that is unfolded on a page that stands open."""
    verb = incident_shape.opened(verbs, wanted)
    context = {"verb": verb, "slim": wanted.verb in IN_PLACE, "mark": wanted.mark}
    return render(request, "components/verb.html" if verb else "incidents/_too_late.html", context)


@require_http_methods(LED_BACK)
def act(request: MemberRequest, number: int, verb: Verb) -> HttpResponse:
    """Speak one of the staff's verbs."""
    record = find(Incident.objects.for_desk(request.member), number)
    if request.method != "POST":
        return redirect("desk:incident", number)
    if MOVES[verb].party is not Party.STAFF or verb in (Verb.REPLY, Verb.NOTE):
        return _page(request, record, status=403, problem=_("This is not done here."))
    form = form_for(verb, record, request)
    return attempt(SIDE, request, record, lambda: perform(verb, request.member, record, form), **{verb: form})


@require_http_methods(LED_BACK)
def compose(request: MemberRequest, number: int) -> HttpResponse:
    """Send a public reply, or write an internal note."""
    record = find(Incident.objects.for_desk(request.member), number)
    if request.method != "POST":
        return redirect("desk:incident", number)
    form = filled(ComposerForm, request, incident=record, may_reply=_may_reply(request, record))
    return attempt(SIDE, request, record, lambda: _compose(request, record, form), composer=form)


def _may_reply(request: MemberRequest, record: Incident) -> bool:
    return request.member.may(MOVES[Verb.REPLY].permission, record.team_id)


def _compose(request: MemberRequest, record: Incident, form: Any) -> Verb:
    is_note = form.cleaned_data["mode"] == ComposerForm.INTERNAL
    says = actions.note if is_note else actions.reply
    says(request.member, number=record.number, text=form.cleaned_data["body"], attachments=form.uuids)
    if form.articles and not is_note:
        import_string(settings.REPLY_SOURCE)(request.member, record, form.articles)
    return Verb.NOTE if is_note else Verb.REPLY


def _done(request: MemberRequest, record: Incident, verb: Verb) -> HttpResponse:
    messages.success(request, f"{record.label}: {DONE[verb]}")
    return _after(request, record)


def _after(request: MemberRequest, record: Incident) -> HttpResponse:
    """Back to the record, unless the step took it out of one's sight."""
    if Incident.objects.for_desk(request.member).filter(pk=record.pk).exists():
        return redirect("desk:incident", record.number)
    return redirect("desk:incidents")


def _page(request: MemberRequest, record: Incident, *, status: int, problem: str = "", **forms: Any) -> HttpResponse:
    return _show(request, Verbs(record, request.member, forms), status=status, problem=problem)


def _show(request: MemberRequest, verbs: Verbs, *, status: int = 200, problem: str = "") -> HttpResponse:
    if problem:
        messages.error(request, problem)
    composer = verbs.forms.get("composer") or empty(
        ComposerForm,
        incident=verbs.record,
        may_reply=_may_reply(request, verbs.record),
        initial=_begun_with(request),
    )
    context = {
        **admin.site.each_context(request),
        "nav": "queue",
        **incident_shape.incident(verbs, composer),
        **keeping(composer),
    }
    return render(request, "incidents/desk_incident.html", context, status=status)


def _begun_with(request: MemberRequest) -> dict[str, Any]:
    """The text of the article that an address names, to answer with."""
    named = ids_in(request.GET, "article")[:1]
    text = import_string(settings.REPLY_SOURCE_TEXT)(request.member, named[0]) if named else ""
    return {"body": text, "article": [str(one) for one in named]} if text else {}


SIDE = Side(Incident.objects.for_desk, _page, _done)


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: MemberRequest) -> HttpResponse:
    """Log an incident for somebody who phoned or came by, known or not."""
    if not request.member.may_somewhere("incident.log"):
        request.member.require("incident.log")
    form = filled(LogForm, request) if request.method == "POST" else empty(LogForm)
    if request.method == "POST" and (record := _log(request, form)):
        messages.success(request, _("Logged as %(number)s.") % {"number": record.label})
        return _after(request, record)
    context = {
        **admin.site.each_context(request),
        "nav": "log",
        "form": form,
        "contact_open": any(form[name].value() or form[name].errors for name in form.fields if "contact" in name),
        **keeping(form),
    }
    return render(request, "incidents/desk_log.html", context, status=422 if form.errors else 200)


def _log(request: MemberRequest, form: LogForm) -> Incident | None:
    """Log it, or tell the form why not."""
    if not form.is_valid():
        return None
    try:
        return actions.log(request.member, draft=form.draft(), intake=form.intake())
    except Denied:
        form.add_error("service", _("You log for services of your own team only: choose one of them."))
    except NotPossible as refused:
        form.add_error("contact_mail", str(refused))
    return None
