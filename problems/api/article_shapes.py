"""How articles leave the house: what readers may know, and under ``desk`` what only staff may."""

from typing import Any

from rest_framework import serializers

from problems.actions.writing import may
from problems.answers import Worth, worth_of
from problems.knowledge import State, Verb, editing
from problems.models import PREFIX, Article, ArticleQuerySet
from tenancy.api.listing import named
from tenancy.api.people import Named
from tenancy.members import Member

READERS_VERBS = ("vote", "solved")
STAFFS_VERBS = ("revise", "publish", "retire", "restore")
ROW = (
    *("public_id", "title", "summary", "state", "audience", "edition", "error_code", "review_on"),
    *("updated_at", "published_at", "is_known", "about", "problem__number", "owner__public_id", "owner__name"),
)


class ArticleDesk(serializers.Serializer):
    """What staff know besides."""

    state = serializers.ChoiceField(Article.Status.values)
    audience = serializers.ChoiceField(Article.Readers.values)
    edition = serializers.IntegerField()
    known_error = serializers.BooleanField(help_text="Published, of a problem, with its cause and a workaround.")
    problem = serializers.CharField(allow_null=True, help_text="Its number, like PRB-1042.")
    error_code = serializers.CharField(allow_blank=True)
    services = Named(many=True)
    owner = Named(allow_null=True)
    review_on = serializers.DateField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class ArticleRow(serializers.Serializer):
    """An article in a list."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    updated_at = serializers.DateTimeField()
    desk = ArticleDesk(allow_null=True)


class WorthShape(serializers.Serializer):
    """How much it did."""

    helped = serializers.IntegerField()
    did_not = serializers.IntegerField()
    used = serializers.IntegerField(help_text="Stood in a reply.")
    deflected = serializers.IntegerField(help_text="A report was not sent because of it.")


class ArticleFullDesk(ArticleDesk):
    """What staff know besides, of one article."""

    cause = serializers.CharField(allow_blank=True)
    categories = Named(many=True)
    written_at = serializers.DateTimeField()
    worth = WorthShape()


class ArticleFull(ArticleRow):
    """An article with its texts, which are markdown."""

    workaround = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    verbs = serializers.ListField(
        child=serializers.ChoiceField([*STAFFS_VERBS, *READERS_VERBS]), help_text="What you may do to it now."
    )
    desk = ArticleFullDesk(allow_null=True)


class KnownErrorShape(serializers.Serializer):
    """What is known of a problem's error, and what can be done meanwhile."""

    id = serializers.UUIDField(help_text="Of its article.")
    title = serializers.CharField()
    problem = serializers.CharField(help_text="Its number, like PRB-1042.")
    cause = serializers.CharField()
    workaround = serializers.CharField()
    error_code = serializers.CharField(allow_blank=True)
    services = Named(many=True)
    audience = serializers.ChoiceField(Article.Readers.values)
    updated_at = serializers.DateTimeField()


def rows(articles: ArticleQuerySet, *more: str) -> Any:
    """The articles as rows of `ROW`."""
    return articles.with_known().about_services().values("pk", *ROW, *more)


def row(one: dict[str, Any], *, staff: bool) -> dict[str, Any]:
    """A row of `ROW` as `ArticleRow`."""
    plain = {name: one[name] for name in ("title", "summary", "updated_at")}
    return {"id": str(one["public_id"]), **plain, "desk": _desk(one) if staff else None}


def _desk(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: one[name] for name in ("state", "audience", "edition", "error_code", "review_on", "published_at")},
        "known_error": one["is_known"],
        "problem": f"{PREFIX}{one['problem__number']}" if one["problem__number"] else None,
        "services": one["about"],
        "owner": named(one, "owner"),
    }


def known_error(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `ROW` with its texts as `KnownErrorShape`."""
    plain = ("title", "cause", "workaround", "error_code", "audience", "updated_at")
    return {
        "id": str(one["public_id"]),
        **{name: one[name] for name in plain},
        "problem": f"{PREFIX}{one['problem__number']}",
        "services": one["about"],
    }


def whole(article: Article, member: Member) -> dict[str, Any]:
    """The article as `ArticleFull`."""
    staff = member.may("article.read")
    one = rows(Article.objects.filter(pk=article.pk)).get()
    body = {
        **row(one, staff=staff),
        "workaround": article.workaround,
        "body": article.body,
        "verbs": [*_staffs_verbs(article, member), *(READERS_VERBS if article.is_published else ())],
    }
    if staff:
        body["desk"] |= {
            "cause": article.cause,
            "categories": [_named(one) for one in article.categories.all()],
            "written_at": article.written_at,
            "worth": _worth(article),
        }
    return body


def _staffs_verbs(article: Article, member: Member) -> list[str]:
    verbs = {"revise": editing(State(article.state)), **{one.value: one for one in Verb if one is not Verb.REVISE}}
    return [name for name in STAFFS_VERBS if may(member, verbs[name], article)]


def _worth(article: Article) -> dict[str, int]:
    worth = worth_of([article]).get(article.pk, Worth())
    return {name: getattr(worth, name) for name in ("helped", "did_not", "used", "deflected")}


def _named(record: Any) -> dict[str, str]:
    return {"id": str(record.public_id), "name": str(record)}
