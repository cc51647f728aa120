"""Who is asking: a membership with its rights, as a value that every action takes first."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from tenancy.models import Membership, Organisation, RoleGrant, TeamSeat
from tenancy.roles import STAFF_ROLES, Role, holds, holds_somewhere


class Denied(PermissionDenied):
    """The member has no right to do this; the message says what was wanted."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(_("You don't have the right to do this."))


@dataclass(frozen=True, slots=True)
class Member:
    """A membership's identity, roles and teams, frozen for the length of one request."""

    id: int
    organisation_id: int
    name: str
    mail: str
    initials: str
    language: str
    time_zone: str
    grants: frozenset[tuple[Role, int | None]]
    team_ids: frozenset[int]

    def may(self, permission: str, team_id: int | None = None) -> bool:
        """Whether the member may do this to a record of that team (none: a record without a team)."""
        return holds(self.grants, permission, team_id)

    def may_somewhere(self, permission: str) -> bool:
        """Whether the member may do this to some record: enough to show a page, not to act."""
        return holds_somewhere(self.grants, permission)

    def require(self, permission: str, team_id: int | None = None) -> None:
        """Raise `Denied` unless the member may do this to a record of that team."""
        if not self.may(permission, team_id):
            raise Denied(permission)

    @property
    def is_staff_member(self) -> bool:
        """Whether the desk is open to the member."""
        return any(role in STAFF_ROLES for role, _team in self.grants)

    # What the pages' navigation asks; templates can't call `may`.
    @property
    def reads_incidents(self) -> bool:
        """Whether the queue is open to the member."""
        return self.may("incident.read")

    @property
    def reads_problems(self) -> bool:
        """Whether the list of problems is open to the member."""
        return self.may("problem.read")

    @property
    def reads_articles(self) -> bool:
        """Whether the desk's articles are open to the member."""
        return self.may("article.read")

    @property
    def administers(self) -> bool:
        """Whether the member sets up the organisation."""
        return self.may("organisation.administer")

    @property
    def logs_incidents(self) -> bool:
        """Whether the member logs incidents for others."""
        return self.may_somewhere("incident.log")


def with_rights(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Bring each one's roles and seats along, for `load` to need no statement of its own."""
    held = RoleGrant.objects.filter(membership=OuterRef("pk")).values(one=JSONObject(role="role", team_id="team_id"))
    seats = TeamSeat.objects.filter(membership=OuterRef("pk")).values("team_id")
    return memberships.annotate(held=ArraySubquery(held), seat_ids=ArraySubquery(seats))


def load(membership: Membership, organisation: Organisation) -> Member:
    """Read the member's roles and teams; everyone is a requester."""
    rights: Any = membership if hasattr(membership, "held") else with_rights(_only(membership)).get()
    return Member(
        id=membership.id,
        organisation_id=organisation.id,
        name=membership.name,
        mail=membership.mail,
        initials=membership.initials,
        language=membership.language or organisation.language,
        time_zone=membership.time_zone or organisation.time_zone,
        grants=frozenset({(Role.REQUESTER, None), *((Role(one["role"]), one["team_id"]) for one in rights.held)}),
        team_ids=frozenset(rights.seat_ids),
    )


def _only(membership: Membership) -> QuerySet[Membership]:
    return Membership.objects.filter(pk=membership.pk)
