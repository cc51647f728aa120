"""The desk's pages of problems: the list, one problem, and raising one. The desk's site guards the door."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from incidents.models import Incident
from problems import actions
from problems.filters import ProblemFilter
from problems.forms import RaiseForm
from problems.forms.fields import numbers_in
from problems.lifecycle import OPEN, Status, Verb
from problems.models import Problem
from problems.queries import Hit, concluded, hits, linked_to, trail_of
from problems.views import shape
from problems.views.narration import narrate
from problems.views.offered import IN_PLACE, ON_ANALYSIS, Verbs, Wanted
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest

PER_PAGE = 50
RELATED = ("service", "category", "manager", "coordinator", "raised_by", "duplicate_of")
SHOWN = 100
# As many numbers as the field for them takes.
MOST_NAMED = 300


def _tabs(member: Member) -> dict[str, tuple[Any, Q]]:
    is_open = Q(status__in=sorted(OPEN))
    return {
        "open": (gettext_lazy("All open"), is_open),
        "mine": (gettext_lazy("Mine"), is_open & (Q(manager=member.id) | Q(coordinator=member.id))),
        "known": (gettext_lazy("Known errors"), is_open & Q(cause_known_at__isnull=False) & ~Q(workaround="")),
        "observed": (gettext_lazy("Observed"), Q(status=Status.RESOLVED)),
        "all": (gettext_lazy("All"), Q()),
    }


def tabs_for(member: Member, current: str) -> list[dict[str, Any]]:
    """The tabs above the list, and the clusters beside it."""
    home = reverse("desk:problems")
    tabs = [
        {"label": label, "url": f"{home}?tab={name}", "current": name == current}
        for name, (label, _is) in _tabs(member).items()
    ]
    return [*tabs, {"label": _("Clusters"), "url": reverse("desk:clusters"), "current": current == "clusters"}]


@require_safe
def problems(request: MemberRequest) -> HttpResponse:
    """The list of problems: the worst first."""
    request.member.require("problem.read")
    tabs = _tabs(request.member)
    current = request.GET.get("tab", "")
    current = current if current in tabs else "open"
    seen = Problem.objects.visible_to(request.member).filter(tabs[current][1])
    filters = ProblemFilter(request.GET, queryset=seen.select_related("service", "coordinator"))
    page = Paginator(filters.qs.order_by("priority", "raised_at", "id"), PER_PAGE).get_page(request.GET.get("page"))
    hit = hits(page.object_list, request.member)
    is_filtered = any(value for name, value in request.GET.items() if name not in {"tab", "page"})
    context = {
        **admin.site.each_context(request),
        "nav": "problems",
        "tabs": tabs_for(request.member, current),
        "form": filters.form,
        "clear_url": f"?tab={current}" if is_filtered else "",
        "rows": [shape.row(one, hit.get(one.pk, Hit())) for one in page],
        "page": page,
        "may_raise": request.member.may("problem.raise"),
    }
    return render(request, "problems/desk_problems.html", context)


def find(member: Member, number: int) -> Problem:
    """The problem with all that a page shows of it, or 404."""
    member.require("problem.read")
    seen = concluded(Problem.objects.visible_to(member), member)
    record = seen.select_related(*RELATED).filter(number=number).first()
    if record is None:
        raise Http404
    return record


@require_safe
def problem(request: MemberRequest, number: int) -> HttpResponse:
    """One problem, with all that may be done to it now."""
    wanted = Wanted.by(request.GET.dict(), Verb)
    verbs = Verbs(find(request.member, number), request.member, {}, wanted)
    if wanted and request.htmx.target == wanted.mark and wanted.verb not in ON_ANALYSIS:
        return form_alone(request, verbs.one(wanted.verb), wanted)
    return show(request, verbs)


def form_alone(request: MemberRequest, verb: dict[str, Any] | None, wanted: Wanted) -> HttpResponse:
    """Only the form that is unfolded on a page that stands open."""
    context = {"verb": verb, "slim": wanted.verb in IN_PLACE, "mark": wanted.mark}
    return render(request, "problems/_verb.html" if verb else "incidents/_too_late.html", context)


def show(request: MemberRequest, verbs: Verbs, *, status: int = 200, trouble: str = "") -> HttpResponse:
    """The problem's page; where something was refused, with what was typed and why."""
    record, member = verbs.record, request.member
    if trouble:
        messages.error(request, trouble)
    links = list(linked_to(record, member)[: SHOWN + 1])
    hit = hits([record], member).get(record.pk, Hit())
    files = list(record.files.order_by("id"))
    watches = record.watches.filter(membership=member.id).exists()
    context = {
        **admin.site.each_context(request),
        "nav": "problems",
        "problem": shape.row(record, hit),
        "description": record.description,
        "cause": record.cause,
        "evidence": record.cause_evidence,
        "doubted": shape.doubted(record, member),
        "conclusion": getattr(record, "conclusion", None),
        "hits": shape.hit_in_words(hit),
        "verbs": verbs.bar(),
        "watch": verbs.one(Verb.UNWATCH if watches else Verb.WATCH),
        "may_write": member.may("article.write"),
        "outcome": shape.outcome(record),
        "workaround": shape.workaround(record, links, verbs),
        "incidents": [shape.incident(one, verbs) for one in links[:SHOWN]],
        "more_incidents": max(0, hit.incidents - SHOWN),
        "link": verbs.one(Verb.LINK),
        "tasks": [shape.task(one, verbs) for one in record.tasks.select_related("assignee")],
        "add_task": verbs.one(Verb.PLAN),
        "recurred_at": record.recurred_at if record.status == Status.RESOLVED else None,
        "notes": [
            shape.note(one, member.id, [file for file in files if file.note_id == one.pk])
            for one in record.notes.select_related("author")
        ],
        "files": shape.files(files),
        "add_files": verbs.one(Verb.ATTACH),
        "add_note": verbs.one(Verb.NOTE),
        "side": shape.side(record, hit, verbs),
        "trail": [
            {"at": one.at, "actor_name": one.actor.name if one.actor else "", "text": narrate(one)}
            for one in reversed(trail_of(record))
        ],
    }
    return render(request, "problems/desk_problem.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def raise_one(request: MemberRequest) -> HttpResponse:
    """Raise a problem, alone or from incidents named in the address."""
    request.member.require("problem.raise")
    if request.method == "POST":
        form = RaiseForm(request.POST, member=request.member)
        if form.is_valid() and (record := _raise(request, form)):
            messages.success(request, _("Raised as %(number)s.") % {"number": record.label})
            return redirect("desk:problem", record.number)
    else:
        form = RaiseForm(initial=_copied(request.member, request.GET.getlist("incident")), member=request.member)
    context = {**admin.site.each_context(request), "nav": "problems", "form": form}
    return render(request, "problems/desk_raise.html", context, status=422 if form.errors else 200)


def _raise(request: MemberRequest, form: RaiseForm) -> Problem | None:
    """Raise it, or tell the form why not."""
    numbers = form.cleaned_data["incidents"]
    try:
        return actions.raise_problem(request.member, description=form.described(), incidents=numbers)
    except NotPossible as refused:
        form.add_error("incidents", str(refused))
    return None


def named(member: Member, labels: list[str]) -> "QuerySet[Incident]":
    """The incidents of an address that the member may see, as many as a page takes."""
    seen = Incident.objects.for_desk(member).filter(number__in=numbers_in(labels))
    return seen.order_by("number")[:MOST_NAMED]


def _copied(member: Member, labels: list[str]) -> dict[str, Any]:
    """What fits of these incidents; of restricted ones only that they are linked, as everybody at the desk reads it."""
    found = list(named(member, labels).select_related("service", "category"))
    return {"incidents": " ".join(one.label for one in found), **said_by(found)}


def said_by(incidents: list[Incident]) -> dict[str, Any]:
    """What a problem behind these incidents may be called and be about; nothing that only restricted ones say."""
    open_to_all = [one for one in incidents if not one.restricted]
    if not open_to_all:
        return {}
    first = open_to_all[0]
    said = {"title": first.title, "description": first.description if len(open_to_all) == 1 else ""}
    return said | {name: _common(open_to_all, name) for name in ("service", "category", "error_code")}


def _common(incidents: list[Incident], name: str) -> Any:
    """What all of them say, if they say the same."""
    values = {getattr(one, name) for one in incidents}
    return values.pop() if len(values) == 1 else None
