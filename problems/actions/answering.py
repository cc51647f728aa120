"""What articles did for people: they helped or did not, stood in a reply, or made a report needless."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from incidents.models import Incident
from problems.actions.writing import ARTICLE
from problems.models import Article, ArticleQuerySet, Use, Vote
from tenancy import clock, trail
from tenancy.members import Member
from tenancy.wall import current_organisation_id, refuse_unbound

LONGEST_SEARCH = 100


@transaction.atomic
def vote(member: Member, *, article: UUID, helped: bool, words: str = "", at: datetime | None = None) -> Vote:
    """Say whether it helped; one vote per person, who may change it. Raises `Article.DoesNotExist`."""
    found = _readable(member).get(public_id=article)
    at = at or clock.now()
    said = {"edition": found.edition, "helped": helped, "words": words.strip(), "at": at}
    given, _is_new = Vote.objects.update_or_create(article=found, membership_id=member.id, defaults=said)
    facts = {"helped": helped, "edition": found.edition}
    trail.record("article.judged", record=(ARTICLE, found.pk), actor=member, at=at, facts=facts)
    return given


@transaction.atomic
def deflect(member: Member, *, article: UUID, at: datetime | None = None) -> Use:
    """It solved what the member was about to report: nothing is reported. Raises `Article.DoesNotExist`."""
    member.require("incident.report")
    found = _public().get(public_id=article)
    at = at or clock.now()
    use = Use.objects.create(article=found, kind=Use.Kind.DEFLECTED, membership_id=member.id, at=at)
    trail.record("article.deflected", record=(ARTICLE, found.pk), actor=member, at=at)
    return use


@transaction.atomic
def used_in_reply(
    member: Member, incident: Incident, articles: Iterable[UUID], at: datetime | None = None
) -> list[Use]:
    """These articles' texts stand in a reply that was just sent; each counts once on an incident."""
    refuse_unbound()
    found = list(Article.objects.for_desk(member).for_portal().filter(public_id__in=set(articles)).order_by("pk"))
    known = set(Use.objects.filter(incident=incident, kind=Use.Kind.REPLY).values_list("article_id", flat=True))
    at = at or clock.now()
    made = []
    for article in found:
        if article.pk not in known:
            made.append(
                Use.objects.create(
                    article=article, kind=Use.Kind.REPLY, membership_id=member.id, incident=incident, at=at
                )
            )
            facts = {"incident_id": incident.pk}
            trail.record("article.used", record=(ARTICLE, article.pk), actor=member, at=at, facts=facts)
    return made


@transaction.atomic
def note_missed(member: Member, *, words: str, at: datetime | None = None) -> None:
    """Keep for which words nothing was found, so that somebody writes it; not who looked for them."""
    refuse_unbound()
    member.require("incident.report")
    told = " ".join(words.lower().split())[:LONGEST_SEARCH]
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO problems_missedsearch (organisation_id, words, count, last_at) VALUES (%s, %s, 1, %s) "
            "ON CONFLICT (organisation_id, words) DO UPDATE "
            "SET count = problems_missedsearch.count + 1, last_at = EXCLUDED.last_at",
            [current_organisation_id(), told, at or clock.now()],
        )


def _public() -> ArticleQuerySet:
    refuse_unbound()
    return Article.objects.all().for_portal()


def _readable(member: Member) -> ArticleQuerySet:
    """Public ones, and for staff also what only staff read."""
    return Article.objects.for_desk(member).published() if member.may("article.read") else _public()
