"""What the list of problems can be narrowed by: an allow-list."""

import re
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSet

from incidents.models import Service
from incidents.priority import Priority
from problems.models import Problem, ProblemQuerySet

_NUMBER = re.compile(r"^\s*(?:PRB-|#)?(\d{1,9})\s*$", re.IGNORECASE)


def matching(problems: ProblemQuerySet, value: str) -> ProblemQuerySet:
    """Those with this number, these words or this error code."""
    number = _NUMBER.match(value)
    if number:
        return problems.filter(number=int(number[1]))
    return problems.filter(Q(title__icontains=value) | Q(description__icontains=value) | Q(error_code__iexact=value))


class ProblemFilter(FilterSet):
    """The list's filters."""

    q = django_filters.CharFilter(label=_("Search"), method="search", max_length=200)
    status = django_filters.ChoiceFilter(label=_("Status"), choices=Problem.State.choices, empty_label=_("Any status"))
    priority = django_filters.ChoiceFilter(
        label=_("Priority"), choices=[(p.value, p.value) for p in Priority], empty_label=_("Any priority")
    )
    service = django_filters.ModelChoiceFilter(
        label=_("Service"),
        queryset=lambda _request: Service.objects.all(),
        to_field_name="public_id",
        empty_label=_("Any service"),
    )
    tab = django_filters.CharFilter(method="keep", widget=forms.HiddenInput)

    class Meta:
        model = Problem
        fields: list[str] = []

    def search(self, problems: ProblemQuerySet, _name: str, value: str) -> ProblemQuerySet:
        """Find by number, words or error code."""
        return matching(problems, value)

    def keep(self, problems: ProblemQuerySet, _name: str, _value: Any) -> ProblemQuerySet:
        """The tab is the view's business; the form only carries it along."""
        return problems
