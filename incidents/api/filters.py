"""What the list of incidents can be narrowed and ordered by: names of ours, never of a column."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from incidents import words
from incidents.filters import matching
from incidents.forms.fields import NOT_AFTER, NOT_BEFORE
from incidents.lifecycle import OPEN
from incidents.models import Incident, IncidentQuerySet
from incidents.priority import Priority
from tenancy.api.pages import Order

ORDERS: dict[str, Order] = {
    "newest": ("-reported_at", "-number"),
    "oldest": ("reported_at", "number"),
    "burning": ("priority", "reported_at", "number"),
    "changed": ("updated_at", "number"),
}


def order_of(request: Request) -> Order:
    """The order that was asked for, or the newest first."""
    name = request.query_params.get("order", "newest")
    if name not in ORDERS:
        raise ValidationError({"order": [_("Choose one of: %(names)s.") % {"names": ", ".join(ORDERS)}]})
    return ORDERS[name]


def _moment(field: str, lookup: str) -> django_filters.IsoDateTimeFilter:
    return django_filters.IsoDateTimeFilter(field_name=field, lookup_expr=lookup, validators=[NOT_BEFORE, NOT_AFTER])


def _record(name: str) -> django_filters.UUIDFilter:
    return django_filters.UUIDFilter(field_name=f"{name}__public_id")


class IncidentFilter(FilterSet):
    """The filters of the list."""

    q = django_filters.CharFilter(method="search", max_length=200)
    status = django_filters.MultipleChoiceFilter(choices=list(words.STATUS.items()), distinct=False)
    priority = django_filters.MultipleChoiceFilter(choices=[(one.value, one.value) for one in Priority], distinct=False)
    open = django_filters.ChoiceFilter(method="only_open", choices=[("true", "true"), ("false", "false")])
    source = django_filters.ChoiceFilter(choices=Incident.Source.choices)
    source_reference = django_filters.CharFilter(max_length=120)
    service, team, assignee, reporter = (_record(name) for name in ("service", "team", "assignee", "reporter"))
    reported_since, reported_before = _moment("reported_at", "gte"), _moment("reported_at", "lt")
    updated_since = _moment("updated_at", "gte")

    class Meta:
        model = Incident
        fields: list[str] = []

    def search(self, incidents: IncidentQuerySet, _name: str, value: str) -> IncidentQuerySet:
        """Find by number, words or person."""
        return matching(incidents, value)

    def only_open(self, incidents: IncidentQuerySet, _name: str, value: str) -> IncidentQuerySet:
        """Those that are neither resolved nor final, or the others."""
        return incidents.filter(status__in=OPEN) if value == "true" else incidents.exclude(status__in=OPEN)


def _described(name: str, words: str, kind: Any = str, **more: Any) -> OpenApiParameter:
    return OpenApiParameter(name, kind, description=words, **more)


def _choice(name: str, values: Any, words: str) -> OpenApiParameter:
    return _described(name, words, {"type": "array", "items": {"type": "string", "enum": list(values)}})


DESCRIBED = [
    _described(
        "q", "A number, words of it, or a reporter's name or mail address.", {"type": "string", "maxLength": 200}
    ),
    _choice("status", [one.value for one in words.STATUS], "One or several."),
    _choice("priority", [one.value for one in Priority], "One or several."),
    _described("open", "Neither resolved nor final.", bool),
    _described("source", "How it came in.", enum=Incident.Source.values),
    _described("source_reference", "The source's own reference.", {"type": "string", "maxLength": 120}),
    *(_described(name, "By id.", OpenApiTypes.UUID) for name in ("service", "team", "assignee", "reporter")),
    *(
        _described(name, "A point in time.", OpenApiTypes.DATETIME)
        for name in ("reported_since", "reported_before", "updated_since")
    ),
]
PARAMETERS = frozenset({*IncidentFilter.get_filters(), "order"})


def narrowed(request: Request, incidents: IncidentQuerySet) -> Any:
    """The incidents that the query asks for."""
    chosen = IncidentFilter(request.query_params, queryset=incidents)
    if not chosen.is_valid():
        raise ValidationError({name: [str(text) for text in said] for name, said in chosen.errors.items()})
    return chosen.qs
