"""Decide about a cluster: raise a problem for it, or dismiss it."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.response import Response

from incidents.models import Incident
from incidents.models.incident import PREFIX as INCIDENT
from problems import actions
from problems.actions.holding import hold_cluster_as_it_is
from problems.api import cluster_shapes as shapes
from problems.api.addresses import address_of, one_of, version_of
from problems.api.cluster_shapes import Sight
from problems.api.clusters import ID, sight, state_of
from problems.api.raising import About, description_from
from problems.api.shapes import ProblemFull
from problems.api.whole import whole
from problems.models import Cluster
from tenancy.api.describing import IF_MATCH
from tenancy.api.fields import words
from tenancy.api.parsing import Strict
from tenancy.api.speaking import Deed, Facts, Speak
from tenancy.api.views import tag_of
from tenancy.members import Member
from tenancy.models import KeptAnswer

RIGHTS = "With the right problem.raise; a token needs `work`."


class Dismissal(Strict):
    """Why it is no problem; only staff read this."""

    reason = words()


def _described(_member: Member, _seen: Sight, given: Facts) -> Facts:
    return {"description": description_from(given)}


class Decide(Speak):
    """One decision about one cluster."""

    done: Any
    """What the action gave."""

    def seen(self, name: UUID) -> Sight | None:
        """The cluster, for staff who see an incident in it."""
        return sight(self.member, name)

    def keep(self, record: Sight, given: Facts) -> None:
        """Lock the cluster."""
        hold_cluster_as_it_is(cluster=record.cluster.public_id)

    def perform(self, record: Sight, given: Facts) -> None:
        """Do it."""
        public_id = record.cluster.public_id
        try:
            arguments = self.deed.arguments(self.member, record, given)
            self.done = self.deed.action(self.member, cluster=public_id, **arguments)
        except Cluster.DoesNotExist as gone:
            raise Http404 from gone

    def whole(self, record: Sight) -> dict[str, Any]:
        """The cluster as the asker may know it."""
        return shapes.whole(record, self.member)

    def version_of(self, record: Sight) -> str:
        """The cluster's own state."""
        return state_of(record.cluster)


@extend_schema_view(
    post=extend_schema(
        operation_id="cluster_raise",
        summary="Raise a problem for it",
        description=f"{RIGHTS} The problem causes its incidents that you may see.",
        parameters=[ID, IF_MATCH],
        request=About,
        responses={201: ProblemFull},
    )
)
class RaiseFor(Decide):
    """Raise a problem that causes the cluster's incidents."""

    deed = Deed(actions.raise_for_cluster, About, _described)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether problems may still be read."""
        return self.member.may("problem.read")

    def _answer(self, _name: UUID) -> Response:
        """The problem, as where one is raised without a cluster."""
        problem = one_of(self.member, self.done.number)
        body = whole(problem, self.member)
        headers = {"ETag": tag_of(body, version_of(problem)), "Location": address_of(problem)}
        return Response(body, 201, headers=headers)


@extend_schema_view(
    post=extend_schema(
        operation_id="cluster_dismiss",
        summary="Say that it is no problem, and why",
        description=f"{RIGHTS} It is not shown again for a week, unless twice as many come in.",
        parameters=[ID, IF_MATCH],
        request=Dismissal,
        responses={200: shapes.ClusterFull, 204: None},
    )
)
class Dismiss(Decide):
    """Say that it is no problem."""

    deed = Deed(actions.dismiss, Dismissal)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether all its incidents that were told of then may still be seen."""
        told = json.loads(kept.body or "null") or {"incidents": []}
        numbers = {int(one["number"].removeprefix(INCIDENT)) for one in told["incidents"]}
        seen = Incident.objects.for_desk(self.member).filter(number__in=numbers)
        return self.member.may("problem.read") and seen.count() == len(numbers)
