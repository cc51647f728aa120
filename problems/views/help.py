"""The portal's help: look for an answer, read it, say whether it helped."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from problems import actions, answers
from problems.forms.articles import MissedForm, SearchForm, VoteForm
from problems.models import Article
from problems.views import article_shape
from tenancy.doorstep import members_only
from tenancy.requests import MemberRequest

NEWEST = 20
# Nothing is looked for by fewer letters.
SHORTEST = 3


@require_safe
@members_only
def find(request: MemberRequest) -> HttpResponse:
    """Look for an answer as one types; without words, the newest ones."""
    form = SearchForm(request.GET)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    seen = Article.objects.all().for_portal()
    found = answers.search(words, seen, public=True) if words else seen.order_by("-published_at", "-id")[:NEWEST]
    context = {
        "nav": "help",
        "form": form,
        "words": words,
        "articles": [article_shape.for_reader(one) for one in found],
    }
    in_place = request.htmx.target == "found"
    return render(request, "problems/_help_found.html" if in_place else "problems/help.html", context)


@require_safe
@members_only
def suggest(request: MemberRequest) -> HttpResponse:
    """What may answer a report that is being typed: a fragment of its page."""
    words = " ".join(request.GET.get(name, "") for name in ("title", "description")).strip()
    found = answers.suggest(words) if len(words) >= SHORTEST else []
    context = {"articles": [article_shape.for_reader(one) for one in found]}
    return render(request, "problems/_help_suggested.html", context)


@require_safe
@members_only
def article(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Read one, and say whether it helped."""
    found = _find(public_id)
    vote = found.votes.filter(membership=request.member.id).first()
    context = {"nav": "help", "article": article_shape.for_reader(found), "vote": vote}
    return render(request, "problems/help_article.html", {**context, "public_id": found.public_id})


@require_POST
@members_only
def vote(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Say whether it helped, or otherwise than before."""
    _find(public_id)
    form = VoteForm(request.POST)
    if form.is_valid():
        helped = form.cleaned_data["helped"] == VoteForm.YES
        actions.vote(request.member, article=public_id, helped=helped, words=form.cleaned_data["words"])
        messages.success(request, _("Thank you. We know now whether it helps."))
    return redirect("problems:help-article", public_id)


@require_POST
@members_only
def solved(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """It answered what was about to be reported: the report ends here."""
    _find(public_id)
    actions.deflect(request.member, article=public_id)
    messages.success(request, _("Good that it works again. Nothing was reported."))
    return redirect("problems:help-article", public_id)


@require_POST
@members_only
def missed(request: MemberRequest) -> HttpResponse:
    """Nothing was found for these words."""
    form = MissedForm(request.POST)
    if form.is_valid():
        actions.note_missed(request.member, words=form.cleaned_data["words"])
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, _("Thank you. We know now that an answer is missing."))
    return redirect("problems:help")


def _find(public_id: UUID) -> Article:
    found = Article.objects.all().for_portal().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
