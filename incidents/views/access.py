"""Find the record that an address names, for whoever asks; what one may not see doesn't exist."""

from django.http import Http404

from incidents.models import Incident, IncidentQuerySet

RELATED = ("reporter", "assignee", "team", "service", "type", "category", "logged_by")


def find(incidents: IncidentQuerySet, number: int) -> Incident:
    """The incident with all that a page shows of it, or 404."""
    incident = incidents.select_related(*RELATED).filter(number=number).first()
    if incident is None:
        raise Http404
    return incident
