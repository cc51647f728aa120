"""Whose work it is."""

from django.db.models import Q
from django.utils.translation import gettext_lazy

from incidents.forms.fields import offer, record_field
from incidents.forms.verb import VerbForm
from tenancy.models import Membership, Team
from tenancy.roles import RIGHTS, Role


def _roles_with(right: str) -> list[Role]:
    return [role for role, rights in RIGHTS.items() if right in rights]


class AssignForm(VerbForm):
    """Give it to an agent."""

    assignee = record_field(gettext_lazy("Agent"))

    def prepare(self) -> None:
        team = self.incident.team_id
        agents = Membership.objects.filter(
            Q(grants_held__team=None) | Q(grants_held__team=team),
            state=Membership.State.ACTIVE,
            grants_held__role__in=_roles_with("incident.work"),
        ).distinct()
        if self.incident.restricted:
            agents = agents.filter(
                Q(seats__team=team)
                | Q(grants_held__role__in=_roles_with("incident.read_restricted"))
                | Q(grants_held__role=Role.TEAM_LEAD, grants_held__team=team)
            )
        offer(self, "assignee", agents, self.incident.assignee)


class RouteForm(VerbForm):
    """Move it to a team."""

    team = record_field(gettext_lazy("Team"))

    def prepare(self) -> None:
        offer(self, "team", Team.objects.filter(is_active=True), self.incident.team)
