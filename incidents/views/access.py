"""Find the record that an address names, for whoever asks; what one may not see doesn't exist."""

from django.db.models import QuerySet
from django.http import Http404

from incidents.models import Incident, IncidentQuerySet, staff_sight
from incidents.models.promises import with_clocks
from tenancy.members import Member
from tenancy.wall import Written

RELATED = ("reporter", "assignee", "team", "service", "type", "category", "logged_by")


def find(incidents: IncidentQuerySet, number: int) -> Incident:
    """The incident with all that a page shows of it, or 404."""
    incident = incidents.select_related(*RELATED).filter(number=number).first()
    if incident is None:
        raise Http404
    return incident


def find_on_desk(member: Member, number: int) -> Incident:
    """The incident with its clocks besides, for staff, or 404."""
    member.require("incident.read")
    team_ids, sees_all = staff_sight(member)
    incident = _on_desk.first(number, *team_ids, sees_all=sees_all)
    if incident is None:
        raise Http404
    return incident


def _make_on_desk(number: int, *team_ids: int, sees_all: bool) -> QuerySet[Incident]:
    seen = Incident.objects.all().in_sight(team_ids, sees_all=sees_all)
    return with_clocks(seen).select_related(*RELATED).filter(number=number)


_on_desk = Written(_make_on_desk)
