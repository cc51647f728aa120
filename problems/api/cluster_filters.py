"""What the list of clusters can be narrowed and ordered by: names of ours, never of a column."""

import django_filters
from django_filters.filterset import FilterSet
from drf_spectacular.types import OpenApiTypes

from problems.models import Cluster
from tenancy.api.filtering import described, described_several, record, several
from tenancy.api.pages import Order

ORDERS: dict[str, Order] = {
    "latest": ("-last_seen", "-public_id"),
    "newest": ("-first_seen", "-public_id"),
    "oldest": ("first_seen", "public_id"),
}


class ClusterFilter(FilterSet):
    """The filters of the list."""

    state = django_filters.ChoiceFilter(choices=[(one, one) for one in Cluster.State.values])
    kind = several(Cluster.Shares.values)
    service = record("service")

    class Meta:
        model = Cluster
        fields: list[str] = []


DESCRIBED = [
    described("state", "Left out: open, those that wait for a decision.", enum=Cluster.State.values),
    described_several("kind", Cluster.Shares.values, "What they share that says most: one or several."),
    described("service", "By id.", OpenApiTypes.UUID),
]
PARAMETERS = frozenset({*ClusterFilter.get_filters(), "order"})
