"""What the list of problems can be narrowed and ordered by: names of ours, never of a column."""

import django_filters
from django_filters.filterset import FilterSet
from drf_spectacular.types import OpenApiTypes

from incidents.priority import Priority
from problems.filters import matching
from problems.lifecycle import OPEN
from problems.models import KNOWN, Problem, ProblemQuerySet
from tenancy.api.filtering import described, described_several, moment, record, several, yes_or_no
from tenancy.api.pages import Order

ORDERS: dict[str, Order] = {
    "worst": ("priority", "raised_at", "number"),
    "newest": ("-raised_at", "-number"),
    "oldest": ("raised_at", "number"),
    "changed": ("updated_at", "number"),
}
PRIORITY = [one.value for one in Priority]


class ProblemFilter(FilterSet):
    """The filters of the list."""

    q = django_filters.CharFilter(method="search", max_length=200)
    status, priority = several(Problem.State.values), several(PRIORITY)
    open, known_error = yes_or_no("only_open"), yes_or_no("only_known")
    service, manager, coordinator = (record(name) for name in ("service", "manager", "coordinator"))
    error_code = django_filters.CharFilter(field_name="error_code", lookup_expr="iexact", max_length=100)
    updated_since = moment("updated_at", "gte")

    class Meta:
        model = Problem
        fields: list[str] = []

    def search(self, problems: ProblemQuerySet, _name: str, value: str) -> ProblemQuerySet:
        """Find by number, words or error code."""
        return matching(problems, value)

    def only_open(self, problems: ProblemQuerySet, _name: str, value: str) -> ProblemQuerySet:
        """Those that are not solved yet, or the others."""
        return problems.open() if value == "true" else problems.exclude(status__in=sorted(OPEN))

    def only_known(self, problems: ProblemQuerySet, _name: str, value: str) -> ProblemQuerySet:
        """Those with a known cause and a workaround, or the others."""
        return problems.filter(KNOWN) if value == "true" else problems.exclude(KNOWN)


DESCRIBED = [
    described("q", "A number, words of it, or an error code.", {"type": "string", "maxLength": 200}),
    described_several("status", Problem.State.values, "One or several."),
    described_several("priority", PRIORITY, "One or several."),
    described("open", "Neither resolved nor closed.", bool),
    described("known_error", "With a known cause and a workaround.", bool),
    *(described(name, "By id.", OpenApiTypes.UUID) for name in ("service", "manager", "coordinator")),
    described("error_code", "By its error code, in capitals or not.", {"type": "string", "maxLength": 100}),
    described("updated_since", "A point in time.", OpenApiTypes.DATETIME),
]
PARAMETERS = frozenset({*ProblemFilter.get_filters(), "order"})
