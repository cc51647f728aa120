"""Incidents: the list, one of them, and what hangs on it."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api import filters, shapes
from incidents.api.addresses import LABEL, address_of, one_of, seen, still_open, version_of
from incidents.api.reporting import Report, report
from incidents.api.whole import whole
from incidents.models import Attachment, Incident, Involvement, Message
from incidents.queries import NAMED, entries
from tenancy.api import trail
from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.filtering import order_of
from tenancy.api.listing import Listing, named
from tenancy.api.pages import appended, page, refuse_unknown
from tenancy.api.problems import Conflict
from tenancy.api.views import MemberView, tag_of, tagged
from tenancy.members import Denied
from tenancy.models import KeptAnswer, TrailEntry

ORDER = OpenApiParameter("order", str, enum=list(filters.ORDERS), description="Which stands first; usually the newest.")


class Incidents(MemberView):
    """All that the member may see, and the place to report."""

    scopes = {"GET": "read", "POST": "report"}

    @extend_schema(
        operation_id="incidents",
        parameters=[*filters.DESCRIBED, ORDER, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.Row), 304: NOT_MODIFIED},
    )
    def get(self, request: Request) -> Response:
        """Incidents that you may see: your own, those you follow, and as staff the desk's."""
        refuse_unknown(request, filters.PARAMETERS)
        found = filters.narrowed(request, Incident.objects.visible_to(self.member)).values(*shapes.ROW)
        return tagged(request, page(request, found, order_of(request, filters.ORDERS, "newest"), shapes.row))

    @extend_schema(operation_id="report", request=Report, responses={200: shapes.Full, 201: shapes.Full, 204: None})
    def post(self, request: Request) -> Response:
        """Report an incident. A reference of yours leads to its incident while that isn't over, with 200."""
        refuse_unknown(request, frozenset(), paged=False)
        incident = report(self.member, request.data)
        found = self._visible(incident)
        if found is None:
            raise Conflict(_("You have reported this already, and may no longer see what became of it."))
        body = whole(found, self.member)
        headers = {"ETag": tag_of(body, version_of(found)), "Location": address_of(found.number)}
        return Response(body, 200 if incident.was_known else 201, headers=headers)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether the incident may still be seen as it was answered then."""
        return still_open(self.member, kept)

    def _visible(self, incident: Incident) -> Incident | None:
        """The incident if one may see it; what is one's own and new is not asked for again."""
        if incident.reporter_id == self.member.id and not incident.was_known:
            return incident
        return seen(Incident.objects.visible_to(self.member), incident.number)


class OneIncident(MemberView):
    """One incident."""

    @extend_schema(
        operation_id="incident",
        parameters=[LABEL, IF_NONE_MATCH],
        responses={200: shapes.Full, 304: NOT_MODIFIED},
    )
    def get(self, request: Request, number: int) -> Response:
        """The incident, with all that you may know of it and what you may do to it."""
        refuse_unknown(request, frozenset(), paged=False)
        incident = one_of(Incident.objects.visible_to(self.member), number)
        return tagged(request, whole(incident, self.member), version_of(incident))


class Part(Listing):
    """Something that hangs on an incident."""

    def incident(self) -> Incident:
        """The incident that the address names."""
        return one_of(Incident.objects.visible_to(self.member), self.kwargs["number"])

    def as_staff(self) -> Incident:
        """The same, for staff only."""
        incident = self.incident()
        if not incident.is_open_to_staff(self.member):
            raise Denied("incident.read")
        return incident


class Messages(Part):
    """What was said."""

    order = ("at", "public_id")
    shape = shapes.message

    @extend_schema(
        operation_id="messages",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.MessageShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """What was said, oldest first; internal notes to staff only. To write, use a verb: comment, reply, note."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """The public ones, and for staff the internal ones."""
        incident = self.incident()
        said = Message.objects.filter(incident=incident)
        visible = said if incident.is_open_to_staff(self.member) else said.filter(internal=False)
        return visible.values(*shapes.MESSAGE)


class Files(Part):
    """What was brought."""

    order = ("at", "uuid")
    shape = shapes.file

    @extend_schema(
        operation_id="attachments",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(shapes.FileShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """The files of the report and of the conversation."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """The public ones, and for staff the internal ones."""
        incident = self.incident()
        brought = Attachment.objects.filter(incident=incident)
        visible = brought if incident.is_open_to_staff(self.member) else brought.filter(internal=False)
        return visible.values(*shapes.FILE)


class Trail(Part):
    """What happened."""

    @extend_schema(
        operation_id="trail",
        parameters=[LABEL, *PAGING, IF_NONE_MATCH],
        responses={200: page_of(trail.Entry), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **_place: Any) -> Response:
        """Everything that was done to it, oldest first; for staff."""
        refuse_unknown(request, frozenset())
        return tagged(request, appended(request, entries(self.as_staff()), _told))


class People(Part):
    """Who has to do with it."""

    @extend_schema(
        operation_id="involved",
        parameters=[LABEL, IF_NONE_MATCH],
        responses={200: shapes.Involved(many=True), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **_place: Any) -> Response:
        """Who reported it, who logged it, whom it hits, who takes part and who watches; for staff."""
        refuse_unknown(request, frozenset(), paged=False)
        incident = self.as_staff()
        columns = ("part", "membership__public_id", "membership__name")
        others = Involvement.objects.filter(incident=incident).order_by("part", "membership__name", "pk")
        found = [
            {"person": _named(incident.reporter), "part": "reporter"},
            {"person": _named(incident.logged_by), "part": "logged_by"},
            *({"person": named(one, "membership"), "part": one["part"]} for one in others.values(*columns)),
        ]
        return tagged(request, found)


def _told(found: list[TrailEntry]) -> list[dict[str, Any]]:
    return trail.told(found, NAMED)


def _named(person: Any) -> dict[str, str]:
    return {"id": str(person.public_id), "name": person.name}
