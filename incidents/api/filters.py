"""What the list of incidents can be narrowed and ordered by: names of ours, never of a column."""

from typing import Any

import django_filters
from django_filters.filterset import FilterSet
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from incidents import words
from incidents.filters import matching
from incidents.lifecycle import OPEN
from incidents.models import Incident, IncidentQuerySet
from incidents.priority import Priority
from tenancy.api import filtering
from tenancy.api.filtering import described, described_several, moment, record, several, yes_or_no
from tenancy.api.pages import Order

ORDERS: dict[str, Order] = {
    "newest": ("-reported_at", "-number"),
    "oldest": ("reported_at", "number"),
    "burning": ("priority", "reported_at", "number"),
    "changed": ("updated_at", "number"),
}
STATUS = [one.value for one in words.STATUS]
PRIORITY = [one.value for one in Priority]


class IncidentFilter(FilterSet):
    """The filters of the list."""

    q = django_filters.CharFilter(method="search", max_length=200)
    status, priority = several(STATUS), several(PRIORITY)
    open = yes_or_no("only_open")
    source = django_filters.ChoiceFilter(choices=Incident.Source.choices)
    source_reference = django_filters.CharFilter(max_length=120)
    service, team, assignee, reporter = (record(name) for name in ("service", "team", "assignee", "reporter"))
    reported_since, reported_before = moment("reported_at", "gte"), moment("reported_at", "lt")
    updated_since = moment("updated_at", "gte")

    class Meta:
        model = Incident
        fields: list[str] = []

    def search(self, incidents: IncidentQuerySet, _name: str, value: str) -> IncidentQuerySet:
        """Find by number, words or person."""
        return matching(incidents, value)

    def only_open(self, incidents: IncidentQuerySet, _name: str, value: str) -> IncidentQuerySet:
        """Those that are neither resolved nor final, or the others."""
        return incidents.filter(status__in=OPEN) if value == "true" else incidents.exclude(status__in=OPEN)


DESCRIBED = [
    described(
        "q", "A number, words of it, or a reporter's name or mail address.", {"type": "string", "maxLength": 200}
    ),
    described_several("status", STATUS, "One or several."),
    described_several("priority", PRIORITY, "One or several."),
    described("open", "Neither resolved nor final.", bool),
    described("source", "How it came in.", enum=Incident.Source.values),
    described("source_reference", "The source's own reference.", {"type": "string", "maxLength": 120}),
    *(described(name, "By id.", OpenApiTypes.UUID) for name in ("service", "team", "assignee", "reporter")),
    *(
        described(name, "A point in time.", OpenApiTypes.DATETIME)
        for name in ("reported_since", "reported_before", "updated_since")
    ),
]
PARAMETERS = frozenset({*IncidentFilter.get_filters(), "order"})


def narrowed(request: Request, incidents: IncidentQuerySet) -> Any:
    """The incidents that the query asks for."""
    return filtering.narrowed(IncidentFilter, request, incidents)
