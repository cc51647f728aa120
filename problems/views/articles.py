"""The desk's pages of articles: find, read, write, publish. The desk's site guards the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from incidents.models import Incident
from problems import actions, answers
from problems.actions.writing import may
from problems.copying import draft_of, from_incident, from_problem
from problems.drafts import ArticleDraft
from problems.forms.articles import ArticleForm, InsertForm, SearchForm
from problems.knowledge import State, Verb, editing
from problems.markdown import render as rendered
from problems.models import Article, ArticleQuerySet, Problem
from problems.views import article_shape
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.requests import MemberRequest

PER_PAGE = 50
SHOWN = 50
LONGEST = 20_000
LED_BACK = ["GET", "HEAD", "POST"]
TABS = {
    "published": (gettext_lazy("Published"), lambda seen: seen.published()),
    "known": (gettext_lazy("Known errors"), lambda seen: seen.known_errors()),
    "drafts": (gettext_lazy("Drafts"), lambda seen: seen.filter(state=State.DRAFT)),
    "retired": (gettext_lazy("Retired"), lambda seen: seen.filter(state=State.RETIRED)),
}


def _page(request: MemberRequest, **more: Any) -> dict[str, Any]:
    return {**admin.site.each_context(request), "nav": "articles", **more}


def _find(member: Member, public_id: UUID) -> Article:
    member.require("article.read")
    found = Article.objects.for_desk(member).select_related("owner", "problem").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
def articles(request: MemberRequest) -> HttpResponse:
    """The list; with words, what fits them best first."""
    request.member.require("article.read")
    current = request.GET.get("tab", "")
    current = current if current in TABS else "published"
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    seen: ArticleQuerySet = TABS[current][1](Article.objects.for_desk(request.member).select_related("owner"))
    found: Any = answers.search(words, seen, public=False) if words else seen.order_by("-updated_at", "-id")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    worth = answers.worth_of(page.object_list)
    context = _page(
        request,
        tabs=[
            {"label": label, "url": f"?tab={name}", "current": name == current} for name, (label, _is) in TABS.items()
        ],
        form=form,
        clear_url=f"?tab={current}" if words else "",
        rows=[article_shape.row(one, worth.get(one.pk, answers.Worth())) for one in page],
        page=page,
        may_write=request.member.may("article.write"),
    )
    return render(request, "problems/articles.html", context)


@require_safe
def article(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """One article with all that staff know of it."""
    record = _find(request.member, public_id)
    worth = answers.worth_of([record]).get(record.pk, answers.Worth())
    member = request.member
    context = _page(
        request,
        article={**article_shape.row(record, worth), **article_shape.for_reader(record)},
        record=record,
        cause=rendered(record.cause),
        services=record.services.all(),
        categories=record.categories.all(),
        revisions=list(record.revisions.select_related("author")[:SHOWN]),
        words=list(record.votes.exclude(words="").order_by("-at")[:SHOWN]),
        may_edit=may(member, editing(State(record.state)), record),
        may_publish=may(member, Verb.PUBLISH, record),
        may_retire=may(member, Verb.RETIRE, record),
    )
    return render(request, "problems/article.html", context)


@require_http_methods(LED_BACK)
def write(request: MemberRequest) -> HttpResponse:
    """Begin one: from nothing, from a problem, or from an incident that is solved."""
    request.member.require("article.write")
    form = ArticleForm(request.POST if request.method == "POST" else None, starts=_start(request))
    problem = _problem(request)
    if form.is_bound and form.is_valid():
        made = actions.write_article(request.member, draft=form.draft(), problem=problem.number if problem else None)
        messages.success(request, _("The draft is saved."))
        return redirect("desk:article", made.public_id)
    context = _page(request, form=form, problem=problem)
    return render(request, "problems/article_edit.html", context, status=422 if form.errors else 200)


def _number(request: MemberRequest, name: str, prefix: str) -> int:
    text = request.GET.get(name, "").upper().removeprefix(prefix)
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _problem(request: MemberRequest) -> Problem | None:
    seen = Problem.objects.visible_to(request.member).select_related("service", "category")
    return seen.filter(number=_number(request, "problem", "PRB-")).first()


def _start(request: MemberRequest) -> ArticleDraft | None:
    if problem := _problem(request):
        return from_problem(problem)
    seen = Incident.objects.for_desk(request.member).select_related("service", "category")
    incident = seen.filter(number=_number(request, "incident", "INC-")).first()
    return from_incident(incident) if incident else None


@require_http_methods(LED_BACK)
def edit(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Change what it says."""
    record = _find(request.member, public_id)
    request.member.require("article.write")
    if not may(request.member, editing(State(record.state)), record):
        request.member.require("article.publish")
    form = ArticleForm(request.POST if request.method == "POST" else None, starts=draft_of(record))
    if form.is_bound and form.is_valid():
        actions.revise(request.member, article=public_id, draft=form.draft())
        messages.success(request, _("Saved."))
        return redirect("desk:article", public_id)
    context = _page(request, form=form, article=record)
    return render(request, "problems/article_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(LED_BACK)
def publish(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Let its readers read it."""
    return _do(request, public_id, actions.publish, _("Published."))


@require_http_methods(LED_BACK)
def retire(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Take it out of every search."""
    return _do(request, public_id, actions.retire, _("Retired."))


@require_http_methods(LED_BACK)
def revision(request: MemberRequest, public_id: UUID, edition: int) -> HttpResponse:
    """What changed in one revision; sent, it restores that text."""
    record = _find(request.member, public_id)
    around = list(record.revisions.select_related("author").filter(edition__in=(edition - 1, edition)))
    shown = next((one for one in around if one.edition == edition), None)
    if shown is None:
        raise Http404
    if request.method == "POST":
        return _do(request, public_id, lambda *a, **k: actions.restore(*a, edition=edition, **k), _("Restored."))
    before = next((one for one in around if one.edition == edition - 1), None)
    context = _page(
        request,
        article=record,
        revision=shown,
        differences=article_shape.differences(before, shown),
        may_restore=may(request.member, Verb.RESTORE, record) and edition != record.edition,
    )
    return render(request, "problems/article_revision.html", context)


def _do(request: MemberRequest, public_id: UUID, action: Callable[..., Article], done: str) -> HttpResponse:
    _find(request.member, public_id)
    if request.method == "POST":
        try:
            action(request.member, article=public_id)
            messages.success(request, done)
        except NotPossible as refused:
            messages.error(request, str(refused))
    return redirect("desk:article", public_id)


@require_POST
def preview(request: MemberRequest) -> HttpResponse:
    """The texts as readers will see them; nothing is kept."""
    request.member.require("article.write")
    texts = {name: rendered(request.POST.get(name, "")[:LONGEST]) for name in ("workaround", "body", "cause")}
    template = "problems/_article_preview.html" if request.htmx else "problems/article_preview.html"
    return render(request, template, _page(request, **texts))


@require_safe
def numbers(request: MemberRequest) -> HttpResponse:
    """How much articles help, what is stale, and what is missing."""
    request.member.require("article.read")
    context = _page(
        request,
        totals=answers.totals(),
        stale=list(answers.stale(timezone.localdate()).select_related("owner")[:SHOWN]),
        missed=list(answers.missed()[:SHOWN]),
    )
    return render(request, "problems/article_numbers.html", context)


@require_http_methods(LED_BACK)
def on_incident(request: MemberRequest, number: int) -> HttpResponse:
    """Known errors that fit an incident, and articles to answer with: a fragment of its page, or a page of its own."""
    request.member.require("article.read")
    incident = Incident.objects.for_desk(request.member).select_related("service").filter(number=number).first()
    if incident is None:
        raise Http404
    if request.method == "POST":
        return _insert(request, incident)
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    seen = Article.objects.for_desk(request.member).published()
    known = answers.known_errors_for(incident, request.member)
    if not words:  # what stands above already is not said again
        seen = seen.exclude(pk__in=[match.article.pk for match in known])
    found = answers.search(words or incident.title, seen, public=False, most=answers.FEW)
    context = _page(
        request,
        nav="queue",
        incident=incident,
        form=form,
        known=known,
        found=found,
        words=words,
        may_reply=request.member.may("incident.reply", incident.team_id) and not incident.is_final,
    )
    return render(request, "problems/_answers.html" if request.htmx else "problems/answers.html", context)


def _insert(request: MemberRequest, incident: Incident) -> HttpResponse:
    """Add an article's public text to what is typed in the composer; nothing is kept by it."""
    form = InsertForm(request.POST)
    text = answers.text_for_reply(request.member, form.cleaned_data["article"]) if form.is_valid() else ""
    if not text:
        raise Http404
    if not request.htmx:
        return redirect("desk:incident", incident.number)
    body = "\n\n".join(filter(None, (form.cleaned_data["body"].rstrip(), text)))
    context = {"body": body, "public_id": form.cleaned_data["article"]}
    return render(request, "problems/_inserted.html", context)
