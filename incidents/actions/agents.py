"""Who can have an incident, or report one: somebody who is still here; an agent must be let work on it and see it."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from incidents.models import Incident
from notifications import preferences
from tenancy import members
from tenancy.models import Membership, Organisation
from tenancy.wall import Written, current_organisation_id


def hold_still(member_id: int) -> Membership:
    """Read somebody who is about to get an incident, or to report one, and keep them from leaving in the same moment.

    What they wish to be told of comes along.

    To be called before the incident is locked: who leaves is locked before what they have, too.
    """
    found = _held.first(member_id)
    if found is None:
        raise Membership.DoesNotExist
    return found


def _make_held(member_id: int) -> QuerySet[Membership]:
    held = Membership.objects.select_for_update(of=("self",), no_key=True)
    return preferences.with_wishes(held.filter(pk=member_id))


_held = Written(_make_held)


def let_go(incident: Incident) -> None:
    """Take it from its agent, and with it their word that they look after it."""
    if incident.acknowledged_by_id == incident.assignee_id:
        incident.acknowledged_at = incident.acknowledged_by_id = None
    incident.assignee = None


def why_not(incident: Incident, agent: Membership) -> str:
    """Say why this agent can't have the incident as it stands in memory; nothing when they can."""
    member = members.load(agent, Organisation.objects.get(pk=current_organisation_id()))
    if not agent.is_active or not member.may("incident.work", incident.team_id):
        return _("%(name)s can't work on this team's incidents.") % {"name": agent.name}
    if not incident.is_open_to_staff(member):
        return _("%(name)s may not see this restricted incident.") % {"name": agent.name}
    return ""
