"""What an article said before: every text that there was, for staff."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from problems.api.articles import ID, seen
from problems.models import Article, Revision
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.listing import Listing, named
from tenancy.api.pages import refuse_unknown
from tenancy.api.people import Named
from tenancy.api.views import MemberView, tagged
from tenancy.members import Member

ROW = ("edition", "title", "summary", "at", "author__public_id", "author__name")
EDITION = OpenApiParameter("edition", OpenApiTypes.INT, OpenApiParameter.PATH, description="Which one: 1 is the first.")


class RevisionRow(serializers.Serializer):
    """A revision in a list."""

    edition = serializers.IntegerField(help_text="The article's `restore` takes it.")
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    author = Named(allow_null=True)
    at = serializers.DateTimeField()


class RevisionFull(RevisionRow):
    """A revision with its texts, which are markdown."""

    workaround = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    cause = serializers.CharField(allow_blank=True)


def _row(one: dict[str, Any]) -> dict[str, Any]:
    """A row of `ROW` as `RevisionRow`."""
    return {**{name: one[name] for name in ("edition", "title", "summary", "at")}, "author": named(one, "author")}


class Revisions(Listing):
    """What was written."""

    order = ("-edition",)
    shape = _row

    @extend_schema(
        operation_id="article_revisions",
        parameters=[ID, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(RevisionRow), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The article's revisions, the latest first, which is what it says now; for staff."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        return _of_staff(self.member, self.kwargs["public_id"]).revisions.values(*ROW)


class OneRevision(MemberView):
    """One revision."""

    @extend_schema(
        operation_id="article_revision",
        parameters=[ID, EDITION, IF_NONE_MATCH],
        responses={200: RevisionFull, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, public_id: UUID, edition: int) -> Response:
        """What the article said in that revision; for staff. To let it say so again, use the verb: restore."""
        refuse_unknown(request, frozenset(), paged=False)
        found = _of_staff(self.member, public_id).revisions.filter(edition=edition)
        one = found.values(*ROW, *(set(Revision.TEXTS) - set(ROW))).first()
        if one is None:
            raise Http404
        return tagged(request, {**_row(one), **{name: one[name] for name in Revision.TEXTS}})


def _of_staff(member: Member, public_id: UUID) -> Article:
    """The article, or 404; whoever isn't staff is told so, whatever they name."""
    member.require("article.read")
    article = seen(member, public_id)
    if article is None:
        raise Http404
    return article
