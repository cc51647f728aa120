"""Who I am; and for staff, who else there is."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.api.describing import IF_NONE_MATCH, NOT_MODIFIED, PAGING, page_of
from tenancy.api.listing import Listing
from tenancy.api.pages import refuse_unknown
from tenancy.api.views import MemberView, tagged
from tenancy.models import Membership, Organisation, RoleGrant, Team
from tenancy.roles import PERMISSIONS, Role


class Named(serializers.Serializer):
    """A record that is named by another."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class HeldRole(serializers.Serializer):
    """A role, for all teams or for one."""

    role = serializers.ChoiceField([role.value for role in Role])
    team = Named(allow_null=True)


class Home(serializers.Serializer):
    """The organisation."""

    name = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()


class Me(serializers.Serializer):
    """Who asks, and what they may do."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    mail = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    time_zone = serializers.CharField()
    roles = HeldRole(many=True)
    permissions = serializers.ListField(
        child=serializers.ChoiceField(sorted(PERMISSIONS)), help_text="What is allowed on some record at least."
    )
    organisation = Home()


class TeamShape(serializers.Serializer):
    """A team of the desk."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField()


class PersonShape(serializers.Serializer):
    """A human as the organisation knows them."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    mail = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    department = serializers.CharField(allow_blank=True)
    active = serializers.BooleanField(help_text="Whether they still belong to the organisation.")


class MeView(MemberView):
    """The member behind the token or session."""

    @extend_schema(operation_id="me", parameters=[IF_NONE_MATCH], responses={200: Me, 304: NOT_MODIFIED})
    def get(self, request: Request) -> Response:
        """Who asks, with roles and rights."""
        refuse_unknown(request, frozenset(), paged=False)
        home: Organisation = request.organisation
        return tagged(request, {**self._person(), "organisation": _home(home)})

    def _person(self) -> dict[str, Any]:
        member = self.member
        return {
            "id": str(Membership.objects.values_list("public_id", flat=True).get(pk=member.id)),
            "name": member.name,
            "mail": member.mail,
            "language": member.language,
            "time_zone": member.time_zone,
            "roles": _roles(member.id),
            "permissions": sorted(one for one in PERMISSIONS if member.may_somewhere(one)),
        }


def _home(home: Organisation) -> dict[str, str]:
    return {"name": home.name, "language": home.language, "time_zone": home.time_zone}


def _roles(member_id: int) -> list[dict[str, Any]]:
    held = RoleGrant.objects.filter(membership=member_id).exclude(role=Role.REQUESTER)
    rows = held.order_by("role", "team__name").values_list("role", "team__public_id", "team__name")
    roles = [{"role": role, "team": {"id": str(team), "name": name} if team else None} for role, team, name in rows]
    return [{"role": Role.REQUESTER.value, "team": None}, *roles]


def _person(row: dict[str, Any]) -> dict[str, Any]:
    words = {name: row[name] for name in ("name", "mail", "phone", "department")}
    return {"id": str(row["public_id"]), **words, "active": row["state"] == Membership.State.ACTIVE}


def _team(row: dict[str, Any]) -> dict[str, Any]:
    words = {name: row[name] for name in ("name", "description")}
    return {"id": str(row["public_id"]), **words, "active": row["is_active"]}


Q_PARAMETER = OpenApiParameter("q", str, description="Part of a name or of a mail address.")
PERSON = ("public_id", "name", "mail", "phone", "department", "state")


class People(Listing):
    """The directory, for staff."""

    shape = _person
    parameters = frozenset({"q"})

    @extend_schema(
        operation_id="people",
        parameters=[
            *PAGING,
            IF_NONE_MATCH,
            OpenApiParameter("q", str, description="Part of a name or a mail address."),
        ],
        responses={200: page_of(PersonShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """Everybody who belongs to the organisation."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """Those who still belong here; staff find them in the desk's forms, too."""
        self.member.require("desk.enter")
        people = Membership.objects.filter(state=Membership.State.ACTIVE)
        if wanted := request.query_params.get("q"):
            people = people.filter(Q(name__icontains=wanted) | Q(mail__icontains=wanted))
        return people.values(*PERSON)


class PersonView(MemberView):
    """One of them."""

    @extend_schema(operation_id="person", parameters=[IF_NONE_MATCH], responses={200: PersonShape, 304: NOT_MODIFIED})
    def get(self, request: Request, public_id: UUID) -> Response:
        """A person, also one who has left."""
        refuse_unknown(request, frozenset(), paged=False)
        self.member.require("desk.enter")
        row = Membership.objects.filter(public_id=public_id).values(*PERSON).first()
        if row is None:
            raise NotFound
        return tagged(request, _person(row))


class Teams(Listing):
    """The desk's teams, for staff."""

    shape = _team

    @extend_schema(
        operation_id="teams",
        parameters=[*PAGING, IF_NONE_MATCH],
        responses={200: page_of(TeamShape), 304: NOT_MODIFIED},
    )
    def get(self, request: Request, **place: Any) -> Response:
        """All teams, active or not."""
        return super().get(request, **place)

    def rows(self, request: Request) -> Any:
        """All of them."""
        self.member.require("desk.enter")
        return Team.objects.values("public_id", "name", "description", "is_active")
