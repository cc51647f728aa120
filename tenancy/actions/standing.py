"""What the verbs about people share: giving roles, and keeping an administrator."""

from django.utils.translation import gettext as _

from tenancy.drafts import Grants
from tenancy.models import Membership, Organisation, RoleGrant, Team
from tenancy.refusal import NotPossible
from tenancy.roles import LIMITABLE, Role
from tenancy.wall import current_organisation_id


def hold_organisation() -> None:
    """Make changes of people's standing wait for each other, without stopping anybody else."""
    Organisation.objects.select_for_update(no_key=True).get(pk=current_organisation_id())


def check_grants(roles: Grants) -> None:
    """Refuse teams that aren't the organisation's, and limits where a role knows none."""
    if any(team_id is not None and role not in LIMITABLE for role, team_id in roles):
        raise NotPossible(_("Only roles that work on incidents can be limited to a team."))
    wanted = {team_id for _role, team_id in roles if team_id is not None}
    if Team.objects.filter(pk__in=wanted).count() != len(wanted):
        raise NotPossible(_("There is no such team."))


def give(membership: Membership, roles: Grants) -> list[Grants]:
    """Leave the membership with exactly these roles; return those before and after."""
    held = {(Role(grant.role), grant.team_id): grant for grant in RoleGrant.objects.filter(membership=membership)}
    gone = [grant.pk for key, grant in held.items() if key not in roles]
    RoleGrant.objects.filter(pk__in=gone).delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(membership=membership, role=role.value, team_id=team_id) for role, team_id in roles - held.keys()
    )
    return [frozenset(held), roles]


def told(roles: Grants) -> list[list[str | int | None]]:
    """Roles as they stand on the trail and in invitations."""
    return [[role.value, team_id] for role, team_id in sorted(roles, key=lambda grant: (grant[0], grant[1] or 0))]


def keep_an_administrator(besides: Membership) -> None:
    """Refuse to leave the organisation without somebody who can administer it."""
    others = RoleGrant.objects.filter(
        role=Role.ADMINISTRATOR,
        team=None,
        membership__state=Membership.State.ACTIVE,
        membership__person__is_active=True,
    )
    if not others.exclude(membership=besides).exists():
        raise NotPossible(
            _("Somebody must be able to administer the organisation: make someone else administrator first.")
        )
