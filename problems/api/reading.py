"""Problems: the list, one of them, and what hangs on it. Staff only."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.models import Category, Service
from problems.api import analysis, filters, shapes
from problems.api.addresses import LABEL, address_of, one_of, version_of
from problems.api.raising import Raise, raise_one
from problems.api.whole import whole
from problems.models import Problem
from problems.queries import entries_of, shown_by, whys
from tenancy.api import trail
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.filtering import narrowed, order_of
from tenancy.api.listing import Listing
from tenancy.api.pages import appended, page, refuse_unknown
from tenancy.api.views import MemberView, tag_of, tagged
from tenancy.models import KeptAnswer, Membership, TrailEntry

ORDER = OpenApiParameter("order", str, enum=list(filters.ORDERS), description="Which stands first; usually the worst.")
# What a column of the trail names; a duplicate's survivor stands in the problem itself, by its number.
NAMED = {
    **dict.fromkeys(("manager_id", "coordinator_id", "resolved_by_id"), Membership),
    "service_id": Service,
    "category_id": Category,
}


class Problems(MemberView):
    """All problems, and the place to raise one."""

    scopes = {"GET": "read", "POST": "work"}

    @extend_schema(
        operation_id="problems",
        parameters=[*filters.DESCRIBED, ORDER, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.ProblemRow), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """The problems of the organisation, for staff."""
        refuse_unknown(request, filters.PARAMETERS)
        self.member.require("problem.read")
        seen = Problem.objects.visible_to(self.member).with_known()
        found = narrowed(filters.ProblemFilter, request, seen).values(*shapes.ROW)
        return tagged(request, page(request, found, order_of(request, filters.ORDERS, "worst"), shapes.row))

    @extend_schema(operation_id="raise_problem", request=Raise, responses={201: shapes.ProblemFull})
    def post(self, request: Request) -> Response:
        """Raise a problem, alone or from incidents, which it causes from then on."""
        refuse_unknown(request, frozenset(), paged=False)
        problem = one_of(self.member, raise_one(self.member, request.data).number)
        body = whole(problem, self.member)
        headers = {"ETag": tag_of(body, version_of(problem)), "Location": address_of(problem)}
        return Response(body, 201, headers=headers)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether problems may still be read."""
        return self.member.may("problem.read")


class OneProblem(MemberView):
    """One problem."""

    @extend_schema(
        operation_id="problem",
        parameters=[LABEL, IF_NONE_MATCH],
        responses={200: shapes.ProblemFull, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, number: int) -> Response:
        """The problem, with all that is known of it and what you may do to it."""
        refuse_unknown(request, frozenset(), paged=False)
        problem = one_of(self.member, number)
        return tagged(request, whole(problem, self.member), version_of(problem))


class Part(Listing):
    """Something that hangs on a problem."""

    def problem(self) -> Problem:
        """The problem that the address names."""
        return one_of(self.member, self.kwargs["number"])


class Incidents(Part):
    """What it causes."""

    order = ("incident__number",)
    shape = shapes.link

    @extend_schema(
        operation_id="problem_incidents",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.LinkShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The incidents that it causes, of those that you may see. To change them, use a verb: link, unlink."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """The links that the member may see."""
        return self.problem().links.all().visible_to(self.member).values(*shapes.LINK)


class Notes(Part):
    """What staff wrote."""

    order = ("at", "public_id")
    shape = shapes.note

    @extend_schema(
        operation_id="problem_notes",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.NoteShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The internal notes, oldest first. To write one, use the verb: note."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        return self.problem().notes.values(*shapes.NOTE)


class Files(Part):
    """What was brought."""

    order = ("at", "uuid")
    shape = shapes.file

    @extend_schema(
        operation_id="problem_attachments",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.ProblemFileShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The files of the problem and of its notes, oldest first. To add some, use a verb: attach, note."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        return self.problem().files.values(*shapes.FILE)


class Trail(Part):
    """What happened."""

    @extend_schema(
        operation_id="problem_trail",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(trail.Entry), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **_place: Any) -> Response:
        """Everything that was done to it, oldest first."""
        refuse_unknown(request, frozenset())
        return tagged(request, appended(request, entries_of(self.problem()), _told))


class Analysis(Part):
    """Why it happens."""

    @extend_schema(
        operation_id="problem_analysis",
        parameters=[LABEL, IF_NONE_MATCH],
        responses={200: analysis.StatementShape(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **_place: Any) -> Response:
        """The statements about its cause with their evidence, as they were said; each names whose why it answers."""
        refuse_unknown(request, frozenset(), paged=False)
        problem = self.problem()
        return tagged(request, analysis.told(whys(problem, self.member), shown_by(problem, self.member)))


def _told(found: list[TrailEntry]) -> list[dict[str, Any]]:
    return trail.told(found, NAMED)
