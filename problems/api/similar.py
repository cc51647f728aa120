"""What is like an incident, as on its panel in the desk. Staff only."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.lifecycle import Status as IncidentStatus
from incidents.models import Incident
from incidents.models.incident import PREFIX as INCIDENT
from problems.answers import Match
from problems.models import Problem
from problems.similar import Alike, similar_to
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED
from tenancy.api.pages import refuse_unknown
from tenancy.api.views import MemberView, tagged

LABEL = OpenApiParameter(
    "number",
    {"type": "string", "pattern": f"^{INCIDENT}[1-9][0-9]{{0,8}}$"},
    OpenApiParameter.PATH,
    description="The number as people write it: INC-1042.",
)


class Reasons(serializers.Serializer):
    """What speaks for it; where it is nothing of that, its text does."""

    title = serializers.CharField()
    same_error_code = serializers.BooleanField()
    same_service = serializers.BooleanField()


class SharingWords(Reasons):
    """The same, of what is held against it word by word."""

    words = serializers.ListField(child=serializers.CharField(), help_text="Those that both titles have.")


class SimilarIncident(SharingWords):
    """An incident that is like it."""

    number = serializers.CharField(help_text="As people write it: INC-1042.")
    status = serializers.ChoiceField([one.value for one in IncidentStatus])
    resolution = serializers.ChoiceField(Incident.Resolution.values, allow_null=True)
    resolution_note = serializers.CharField(allow_blank=True)
    problem = serializers.CharField(allow_null=True, help_text="What causes it, like PRB-1042.")


class SimilarProblem(SharingWords):
    """A problem that is like it."""

    number = serializers.CharField(help_text="As people write it: PRB-1042.")
    status = serializers.ChoiceField(Problem.State.values)


class SimilarKnownError(Reasons):
    """A known error that fits it."""

    id = serializers.UUIDField(help_text="Of its article.")
    problem = serializers.CharField(allow_null=True, help_text="Its number, like PRB-1042.")


class SimilarShape(serializers.Serializer):
    """All that is like an incident, of each sort at most five, what fits best first."""

    open = SimilarIncident(many=True)
    solved = SimilarIncident(many=True)
    known_errors = SimilarKnownError(many=True)
    problems = SimilarProblem(many=True)


class SimilarToIncident(MemberView):
    """What is like one incident."""

    @extend_schema(
        operation_id="similar",
        parameters=[LABEL, IF_NONE_MATCH],
        responses={200: SimilarShape, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, number: int) -> Response:
        """Incidents, known errors and problems that are like it, of those that you may see; for staff."""
        refuse_unknown(request, frozenset(), paged=False)
        self.member.require("problem.read")
        incident = Incident.objects.for_desk(self.member).filter(number=number).first()
        if incident is None:
            raise Http404
        found = similar_to(incident, self.member)
        body = {
            "open": [_incident(one) for one in found.open],
            "solved": [_incident(one) for one in found.solved],
            "known_errors": [_known_error(one) for one in found.known_errors],
            "problems": [_problem(one) for one in found.problems],
        }
        return tagged(request, body)


def _incident(one: Alike[Incident]) -> dict[str, Any]:
    is_over = not one.record.is_open
    return {
        **_alike(one),
        "resolution": (one.record.resolution_code or None) if is_over else None,
        "resolution_note": one.record.resolution_note if is_over else "",
        "problem": one.problem.label if one.problem else None,
    }


def _problem(one: Alike[Problem]) -> dict[str, Any]:
    return _alike(one)


def _alike(one: Alike[Any]) -> dict[str, Any]:
    record = one.record
    plain = {"number": record.label, "title": record.title, "status": record.status}
    return {**plain, **_reasons(one), "words": list(one.words)}


def _known_error(one: Match) -> dict[str, Any]:
    article = one.article
    problem = article.problem.label if article.problem else None
    return {"id": str(article.public_id), "title": article.title, "problem": problem, **_reasons(one)}


def _reasons(one: Alike[Any] | Match) -> dict[str, bool]:
    return {"same_error_code": one.same_error_code, "same_service": one.same_service}
