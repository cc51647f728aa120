"""Clusters: what was reported more often than usual, and may have one cause. Staff only."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from problems.api import cluster_filters as filters
from problems.api import cluster_shapes as shapes
from problems.api.cluster_shapes import Sight
from problems.clusters import apart, waiting
from problems.models import Cluster, ClusterQuerySet
from tenancy import clock
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.filtering import narrowed, order_of
from tenancy.api.pages import page, refuse_unknown
from tenancy.api.views import MemberView, tagged
from tenancy.members import Member

ID = OpenApiParameter("public_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="The cluster's id.")
ORDER = OpenApiParameter("order", str, enum=list(filters.ORDERS), description="Which stands first; usually the latest.")
RELATED = ("service", "category", "problem", "dismissed_by")


def state_of(cluster: Cluster) -> str:
    """The cluster's own state: deciding changes it, and so does a search that finds more."""
    seen = round(cluster.last_seen.timestamp() * 1_000_000)
    return f"{cluster.public_id}-{cluster.state}-{cluster.count}-{seen:x}"


def sight(member: Member, public_id: UUID) -> Sight | None:
    """The cluster, or None; who sees no problems is told so, whatever they name."""
    member.require("problem.read")
    found = Cluster.objects.all().visible_to(member).select_related(*RELATED).filter(public_id=public_id)
    return next(iter(shapes.sights(found, member)), None)


class Clusters(MemberView):
    """What was found."""

    @extend_schema(
        operation_id="clusters",
        parameters=[*filters.DESCRIBED, ORDER, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.ClusterRow), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """What was reported more often than usual, for staff; a page leaves out those whose incidents you may not see.

        Of those that wait for a decision, what is a week old is left out, and what another one has among its reasons.
        """
        refuse_unknown(request, filters.PARAMETERS)
        self.member.require("problem.read")
        found = narrowed(filters.ClusterFilter, request, self._seen(request))
        order = order_of(request, filters.ORDERS, "latest")
        columns = ("pk", *(name.removeprefix("-") for name in order))
        body = page(request, found.values(*columns), order, lambda row: row["pk"])
        loaded = Cluster.objects.select_related(*RELATED).in_bulk(body["results"])
        shown = [loaded[pk] for pk in body["results"]]
        told = shapes.sights(apart(shown) if _waits(request) else shown, self.member)
        return tagged(request, {**body, "results": shapes.rows(told)})

    def _seen(self, request: Request) -> ClusterQuerySet:
        all_of_them = Cluster.objects.all().visible_to(self.member)
        return waiting(self.member, clock.now()) if _waits(request) else all_of_them


class OneCluster(MemberView):
    """One cluster."""

    @extend_schema(
        operation_id="cluster",
        parameters=[ID, IF_NONE_MATCH],
        responses={200: shapes.ClusterFull, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """The cluster, with its incidents that you may see and what you may do to it."""
        refuse_unknown(request, frozenset(), paged=False)
        found = sight(self.member, public_id)
        if found is None:
            raise Http404
        return tagged(request, shapes.whole(found, self.member), state_of(found.cluster))


def _waits(request: Request) -> bool:
    """Whether those are asked for that wait for a decision."""
    return (request.query_params.get("state") or Cluster.State.OPEN) == Cluster.State.OPEN
