"""Articles and known errors: look for them, read them, and begin one."""

from collections.abc import Iterable
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError as Invalid
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.models import Incident
from problems import answers
from problems.api import article_filters as filters
from problems.api import article_shapes as shapes
from problems.api.writing import Write, write
from problems.forms.articles import SearchForm
from problems.forms.fields import IncidentField
from problems.models import Article
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.filtering import narrowed
from tenancy.api.pages import limit_of, page, refuse_unknown
from tenancy.api.views import MemberView, tag_of, tagged
from tenancy.members import Denied, Member
from tenancy.models import KeptAnswer

ID = OpenApiParameter("public_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The article's id.")
ORDER = ("-updated_at", "-public_id")
FOUND = frozenset({"q", "incident", "limit"})
"""What is found by words or for an incident has an order of its own, and no pages."""


def seen(member: Member, public_id: UUID) -> Article | None:
    """The article, or None where there is none for the member."""
    return Article.objects.visible_to(member).select_related("owner", "problem").filter(public_id=public_id).first()


def version_of(article: Article) -> str:
    """The article's own state: every step counts it up."""
    return f"{article.public_id}-{round(article.updated_at.timestamp() * 1_000_000):x}"


def still_there(member: Member, told: dict[str, Any]) -> bool:
    """Whether the member may still see the article that an answer told of, and as much of it."""
    is_seen = Article.objects.visible_to(member).filter(public_id=told["id"]).exists()
    return is_seen and (told["desk"] is None or member.may("article.read"))


class Articles(MemberView):
    """What is known, and the place to begin an article."""

    scopes = {"GET": "read", "POST": "work"}

    @extend_schema(
        operation_id="articles",
        parameters=[*filters.DESCRIBED, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.ArticleRow), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """Articles, the latest first: what is published for everybody, and for staff all others too.

        Everybody may look for words; the other filters are for staff.
        """
        words = _words(request)
        refuse_unknown(request, (FOUND - {"incident"} if words else frozenset({"q"})) | filters.STAFFS, paged=not words)
        staff = self.member.may("article.read")
        if not staff and set(request.query_params) & filters.STAFFS:
            raise Denied("article.read")
        found = narrowed(filters.ArticleFilter, request, Article.objects.visible_to(self.member))
        shape = partial(shapes.row, staff=staff)
        if words:
            scores = answers.scored(words, public=not staff, most=answers.MOST)
            return tagged(request, _in_order(request, shapes.rows(found), _best(scores), shape))
        return tagged(request, page(request, shapes.rows(found), ORDER, shape))

    @extend_schema(operation_id="write_article", request=Write, responses={201: shapes.ArticleFull})
    def post(self, request: Request) -> Response:
        """Begin an article, as a draft."""
        refuse_unknown(request, frozenset(), paged=False)
        article = write(self.member, request.data)
        body = shapes.whole(article, self.member)
        headers = {
            "ETag": tag_of(body, version_of(article)),
            "Location": reverse("api:article", args=[article.public_id]),
        }
        return Response(body, 201, headers=headers)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether articles may still be read at the desk."""
        return self.member.may("article.read")


class OneArticle(MemberView):
    """One article."""

    @extend_schema(
        operation_id="article",
        parameters=[ID, IF_NONE_MATCH],
        responses={200: shapes.ArticleFull, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The article, with all that you may read of it and what you may do to it."""
        refuse_unknown(request, frozenset(), paged=False)
        article = seen(self.member, public_id)
        if article is None:
            raise Http404
        return tagged(request, shapes.whole(article, self.member), version_of(article))


class KnownErrors(MemberView):
    """What agents hold incidents against."""

    @extend_schema(
        operation_id="known_errors",
        parameters=[*filters.KNOWN_DESCRIBED, filters.OF_INCIDENT, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.KnownErrorShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """Published articles of problems, with the cause and a workaround, the latest first; for staff."""
        words, for_incident = _words(request), "incident" in request.query_params
        is_found = bool(words) or for_incident
        refuse_unknown(request, (FOUND if is_found else frozenset({"q"})) | filters.OF_KNOWN, paged=not is_found)
        self.member.require("article.read")
        seen = Article.objects.for_desk(self.member).known_errors()
        found = shapes.rows(narrowed(filters.KnownErrorFilter, request, seen), "cause", "workaround")
        if not is_found:
            return tagged(request, page(request, found, ORDER, shapes.known_error))
        best = self._fitting(request) if for_incident else None
        if words:
            by_words = _best(answers.scored(words, public=False, most=answers.MOST))
            best = by_words if best is None else [one for one in best if one in by_words]
        return tagged(request, _in_order(request, found, best or [], shapes.known_error))

    def _fitting(self, request: Request) -> list[int]:
        """Those that fit the incident that is named, the best first."""
        label = request.query_params["incident"]
        number = _number(label)
        incident = Incident.objects.for_desk(self.member).filter(number=number).first()
        if incident is None:
            raise ValidationError({"incident": [_("There is no %(numbers)s.") % {"numbers": label}]})
        return [match.article.pk for match in answers.known_errors_for(incident, self.member)]


def _words(request: Request) -> str:
    form = SearchForm(request.query_params)
    if not form.is_valid():
        raise ValidationError({name: [str(text) for text in said] for name, said in form.errors.items()})
    return str(form.cleaned_data["q"]).strip()


def _number(label: str) -> int:
    try:
        return int(IncidentField(max_length=20).clean(label))
    except Invalid as invalid:
        raise ValidationError({"incident": list(invalid.messages)}) from invalid


def _best(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda one: -scores[one])


def _in_order(request: Request, rows: Any, best: Iterable[int], shape: Any) -> dict[str, Any]:
    """What was found, the best first: one page, as the rest would not be worth reading."""
    places = {pk: place for place, pk in enumerate(best)}
    found = sorted(rows.filter(pk__in=places), key=lambda one: places[one["pk"]])
    return {"results": [shape(one) for one in found[: limit_of(request)]], "next": None}
