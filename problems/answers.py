"""Find articles: by words as one types, for a report, for an incident; and how much articles help."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from incidents.models import Incident
from problems.markdown import plain
from problems.models import Article, ArticleQuerySet, MissedSearch, Use
from tenancy.members import Member

FEW = 5
MOST = 50
# Beside the words, which give one at most and a little: what says more than words do.
SAME_ERROR_CODE, SAME_SERVICE = 2.0, 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """An article that may help, and what speaks for it."""

    article: Article
    score: float
    same_error_code: bool = False
    same_service: bool = False


def search(words: str, seen: ArticleQuerySet, *, public: bool, most: int = MOST) -> list[Article]:
    """Those of the articles ``seen`` that have these words, the best first; ``public``: looks at public texts only.

    Where none has them, those whose titles have words like these: people make typing errors.
    """
    for look in (scored, _likeness):
        found = look(words, public=public, most=most)
        if known := list(seen.filter(pk__in=found)) if found else []:
            return sorted(known, key=lambda one: -found[one.pk])
    return []


def suggest(words: str) -> list[Article]:
    """What may answer a report that is being typed: published and public articles."""
    return search(words, Article.objects.all().for_portal(), public=True, most=FEW)


def known_errors_for(incident: Incident, member: Member) -> list[Match]:
    """Known errors that fit an incident by error code, service or words, the best first."""
    words = f"{incident.title} {incident.description[:500]} {incident.error_code}"
    scores = scored(words, public=False, most=MOST)
    fits = Q(pk__in=scores)
    if incident.error_code:
        fits |= Q(error_code__iexact=incident.error_code)
    found = Article.objects.for_desk(member).known_errors().filter(fits).select_related("problem")
    of_service = _of_service(found, incident.service_id)
    matches = [_match(one, incident, scores.get(one.pk, 0.0), of_service) for one in found]
    return sorted(matches, key=lambda match: -match.score)[:FEW]


def _of_service(found: "QuerySet[Article]", service_id: int | None) -> set[int]:
    return set(found.filter(services=service_id).values_list("pk", flat=True)) if service_id else set()


def _match(article: Article, incident: Incident, score: float, of_service: set[int]) -> Match:
    code = incident.error_code.strip().lower()
    same_code = bool(code) and article.error_code.strip().lower() == code
    same_service = article.pk in of_service
    score += SAME_ERROR_CODE * same_code + SAME_SERVICE * same_service
    return Match(article, score, same_code, same_service)


def text_for_reply(member: Member, public_id: UUID) -> str:
    """What an agent puts into a reply: the article's public text, plain; of one that is not for everybody, nothing."""
    article = Article.objects.for_desk(member).for_portal().filter(public_id=public_id).first()
    return plain(article.public_text) if article else ""


def scored(words: str, *, public: bool, most: int) -> dict[int, float]:
    """How well articles have these words, by their keys; ``public``: looks at public texts only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT article_id, score FROM articles_matching(%s, %s, %s)", [words, public, most])
        return dict(cursor.fetchall())


def _likeness(words: str, *, public: bool, most: int) -> dict[int, float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT article_id, score FROM articles_like(%s, %s, %s)", [words, public, most])
        return dict(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Worth:
    """How much one article did."""

    helped: int = 0
    did_not: int = 0
    used: int = 0
    deflected: int = 0


def worth_of(articles: Iterable[Article]) -> dict[int, Worth]:
    """For each of these articles."""
    ids = [one.pk for one in articles]
    votes = Article.objects.filter(pk__in=ids).order_by().values("pk")
    judged = votes.annotate(
        helped=Count("votes", filter=Q(votes__helped=True)), did_not=Count("votes", filter=Q(votes__helped=False))
    )
    used = (
        Use.objects.filter(article__in=ids)
        .values("article")
        .annotate(
            used=Count("pk", filter=Q(kind=Use.Kind.REPLY)), deflected=Count("pk", filter=Q(kind=Use.Kind.DEFLECTED))
        )
    )
    uses = {one["article"]: (one["used"], one["deflected"]) for one in used.order_by()}
    return {one["pk"]: Worth(one["helped"], one["did_not"], *uses.get(one["pk"], ())) for one in judged}


def totals() -> dict[str, int]:
    """All of that for the whole organisation."""
    votes = Article.objects.aggregate(
        helped=Count("votes", filter=Q(votes__helped=True)), did_not=Count("votes", filter=Q(votes__helped=False))
    )
    uses = Use.objects.aggregate(
        used=Count("pk", filter=Q(kind=Use.Kind.REPLY)), deflected=Count("pk", filter=Q(kind=Use.Kind.DEFLECTED))
    )
    return {**votes, **uses}


def stale(today: date) -> ArticleQuerySet:
    """Published ones whose review date has passed, the longest ago first."""
    return Article.objects.all().published().filter(review_on__lt=today).order_by("review_on", "title")


def missed() -> "QuerySet[MissedSearch]":
    """Words for which nothing was found, the most wanted first."""
    return MissedSearch.objects.order_by("-count", "-last_at")
