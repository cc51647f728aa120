"""What the lists of articles can be narrowed by: names of ours, never of a column."""

from typing import Any

import django_filters
from django_filters.filterset import FilterSet
from drf_spectacular.types import OpenApiTypes

from incidents.models.incident import PREFIX as INCIDENT
from problems.forms.fields import ProblemField
from problems.models import PREFIX, Article, ArticleQuerySet
from tenancy.api.filtering import described, described_several, record, several, yes_or_no

Q = described("q", "Words; what fits them best stands first, on one page.", {"type": "string", "maxLength": 200})


class NumberFilter(django_filters.Filter):
    """A problem by its number."""

    field_class: Any = ProblemField


class KnownErrorFilter(FilterSet):
    """The filters of known errors."""

    service, category = record("services"), record("categories")
    problem = NumberFilter(field_name="problem__number", max_length=20)
    error_code = django_filters.CharFilter(lookup_expr="iexact", max_length=100)
    audience = django_filters.ChoiceFilter(choices=Article.Readers.choices)

    class Meta:
        model = Article
        fields: list[str] = []


class ArticleFilter(KnownErrorFilter):
    """The filters of articles, for staff."""

    state, owner = several(Article.Status.values), record("owner")
    known_error = yes_or_no("only_known")

    def only_known(self, articles: ArticleQuerySet, _name: str, value: str) -> Any:
        """Known errors, or the others."""
        known = articles.known_errors().values("pk")
        return articles.filter(pk__in=known) if value == "true" else articles.exclude(pk__in=known)


KNOWN_DESCRIBED = [
    Q,
    *(described(name, "By id.", OpenApiTypes.UUID) for name in ("service", "category")),
    described("problem", "By its number.", {"type": "string", "pattern": f"^{PREFIX}[1-9][0-9]{{0,8}}$"}),
    described("error_code", "By its error code, in capitals or not.", {"type": "string", "maxLength": 100}),
    described("audience", "Who reads it once it is published.", enum=Article.Readers.values),
]
DESCRIBED = [
    *KNOWN_DESCRIBED,
    described_several("state", Article.Status.values, "One or several."),
    described("owner", "By id.", OpenApiTypes.UUID),
    described("known_error", "Published, of a problem, with its cause and a workaround.", bool),
]
OF_INCIDENT = described(
    "incident",
    "Those that fit this incident by error code, service or words, the best first, on one page.",
    {"type": "string", "pattern": f"^{INCIDENT}[1-9][0-9]{{0,8}}$"},
)
STAFFS = frozenset(ArticleFilter.get_filters())
OF_KNOWN = frozenset(KnownErrorFilter.get_filters())
