"""Write articles, publish them, and take them back. Every text that there was stays as a revision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from problems.drafts import ArticleDraft
from problems.knowledge import MOVES, State, Verb, editing
from problems.models import Article, ArticleCategory, ArticleService, Problem, Revision
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.refusal import NotPossible
from tenancy.wall import refuse_unbound

ARTICLE = "article"
_KINDS = {
    Verb.WRITE: "article.revised",
    Verb.REVISE: "article.revised",
    Verb.PUBLISH: "article.published",
    Verb.RETIRE: "article.retired",
    Verb.RESTORE: "article.restored",
}


@dataclass
class _Step:
    """A verb under way on a locked article."""

    member: Member | None
    verb: Verb
    article: Article
    at: datetime


@transaction.atomic
def write_article(
    member: Member, *, draft: ArticleDraft, problem: int | None = None, at: datetime | None = None
) -> Article:
    """Begin an article as a draft, about the problem of this number if there is one."""
    refuse_unbound()
    member.require("article.write")
    at = at or clock.now()
    about = Problem.objects.visible_to(member).get(number=problem) if problem else None
    article = Article(problem=about, written_at=at, updated_at=at)
    _fill(article, draft)
    if article.owner is None:
        article.owner_id = member.id
    article.save(force_insert=True)
    _attach(article, draft)
    _keep_revision(_Step(member, Verb.WRITE, article, at))
    facts = {"edition": 1, "state": article.state, "problem_id": article.problem_id, "audience": article.audience}
    trail.record("article.written", record=(ARTICLE, article.pk), actor=member, at=at, facts=facts)
    return article


@transaction.atomic
def revise(member: Member, *, article: UUID, draft: ArticleDraft, at: datetime | None = None) -> Article:
    """Change what it says; a text that is the same makes no revision."""
    step = _begin(member, article, None, at)
    before = _texts(step.article), step.article.audience
    _fill(step.article, draft)
    _attach(step.article, draft)
    if _texts(step.article) != before[0]:
        step.article.edition += 1
        _keep_revision(step)
    facts = {"audience": [before[1], step.article.audience]} if before[1] != step.article.audience else {}
    return _finish(step, facts)


@transaction.atomic
def publish(member: Member, *, article: UUID, at: datetime | None = None) -> Article:
    """Let its readers read it."""
    step = _begin(member, article, Verb.PUBLISH, at)
    if not step.article.public_text:
        raise NotPossible(_("There is nothing to read yet: write a text or a workaround first."))
    step.article.published_at = step.at
    return _finish(step)


@transaction.atomic
def retire(member: Member, *, article: UUID, at: datetime | None = None) -> Article:
    """Let nobody find it any more but staff who look for it."""
    return _finish(_begin(member, article, Verb.RETIRE, at))


@transaction.atomic
def restore(member: Member, *, article: UUID, edition: int, at: datetime | None = None) -> Article:
    """Let it say again what it said in that edition; this makes a new one."""
    step = _begin(member, article, Verb.RESTORE, at)
    old = step.article.revisions.filter(edition=edition).first()
    if old is None:
        raise NotPossible(_("There is no such revision."))
    if _texts(old) == _texts(step.article):
        return step.article
    for name in Revision.TEXTS:
        setattr(step.article, name, getattr(old, name))
    step.article.edition += 1
    _keep_revision(step)
    return _finish(step, {"restored": edition})


@transaction.atomic
def retire_known_errors(problem: Problem, *, at: datetime | None = None) -> int:
    """The problem's fix is proven: what is known of its error is history. Returns how many articles that were."""
    refuse_unbound()
    at = at or clock.now()
    found = list(Article.objects.known_errors().filter(problem=problem).order_by("pk").select_for_update(of=("self",)))
    for article in found:
        article.state = State.RETIRED.value
        _finish(_Step(None, Verb.RETIRE, article, at), {"problem_id": problem.pk})
    return len(found)


def may(member: Member, verb: Verb, article: Article) -> bool:
    """Whether the member may do this to the article as it stands."""
    return State(article.state) in MOVES[verb].targets and member.may(MOVES[verb].permission)


def _begin(member: Member, public_id: UUID, verb: Verb | None, at: datetime | None) -> _Step:
    """Lock it and check the table; without a verb it is the one that edits it. Raises `Article.DoesNotExist`."""
    refuse_unbound()
    article = Article.objects.for_desk(member).select_for_update(of=("self",)).get(public_id=public_id)
    verb = verb or editing(State(article.state))
    move = MOVES[verb]
    member.require(move.permission)
    if State(article.state) not in move.targets:
        raise NotPossible(_("This is not possible any more."))
    article.state = move.targets[State(article.state)].value
    return _Step(member, verb, article, at or clock.now())


def _finish(step: _Step, facts: dict[str, Any] | None = None) -> Article:
    article = step.article
    article.updated_at = step.at
    article.save()
    told = {"edition": article.edition, "state": article.state, **(facts or {})}
    trail.record(_KINDS[step.verb], record=(ARTICLE, article.pk), actor=step.member, at=step.at, facts=told)
    return article


def _fill(article: Article, draft: ArticleDraft) -> None:
    for name in ("title", "summary", "body", "workaround", "cause", "error_code"):
        setattr(article, name, getattr(draft, name).strip())
    article.audience = draft.audience.value
    article.owner = draft.owner or article.owner
    article.review_on = draft.review_on


def _attach(article: Article, draft: ArticleDraft) -> None:
    """Make it about exactly these services and categories."""
    ArticleService.objects.filter(article=article).delete()
    ArticleCategory.objects.filter(article=article).delete()
    ArticleService.objects.bulk_create(ArticleService(article=article, service=one) for one in draft.services)
    ArticleCategory.objects.bulk_create(ArticleCategory(article=article, category=one) for one in draft.categories)


def _keep_revision(step: _Step) -> None:
    author_id = step.member.id if step.member else None
    Revision.objects.create(
        article=step.article, edition=step.article.edition, author_id=author_id, at=step.at, **_texts(step.article)
    )


def _texts(record: Article | Revision) -> dict[str, str]:
    return {name: getattr(record, name) for name in Revision.TEXTS}
