"""What the queue can be narrowed by: an allow-list, so that no name of a column ever comes from outside."""

import re
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django_filters.filterset import FilterSet

from incidents import words
from incidents.models import Incident, IncidentQuerySet, IncidentType, Service
from incidents.priority import Priority
from tenancy.choices import Chooser
from tenancy.models import Team

_NUMBER = re.compile(r"^\s*(?:INC-|#)?(\d{1,9})\s*$", re.IGNORECASE)


def matching(incidents: IncidentQuerySet, query: str) -> IncidentQuerySet:
    """Narrow to those with this number, these words, or a reporter of this name or mail address."""
    number = _NUMBER.match(query)
    if number:
        return incidents.filter(number=int(number[1]))
    by_words = RawSQL("SELECT incidents_matching(%s)", [query])
    by_person = Q(reporter__name__icontains=query) | Q(reporter__mail__iexact=query)
    return incidents.filter(Q(pk__in=by_words) | by_person | Q(error_code__iexact=query))


class QueueFilter(FilterSet):
    """The queue's filters."""

    q = django_filters.CharFilter(label=_("Search"), method="search", max_length=200)
    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=list(words.STATUS.items()), empty_label=_("Any status"), widget=Chooser
    )
    priority = django_filters.ChoiceFilter(
        label=_("Priority"),
        choices=[(p.value, p.value) for p in Priority],
        empty_label=_("Any priority"),
        widget=Chooser,
    )
    team = django_filters.ModelChoiceFilter(
        label=_("Team"),
        queryset=lambda _request: Team.objects.all(),
        to_field_name="public_id",
        empty_label=_("Any team"),
        widget=Chooser,
    )
    service = django_filters.ModelChoiceFilter(
        label=_("Service"),
        queryset=lambda _request: Service.objects.all(),
        to_field_name="public_id",
        empty_label=_("Any service"),
        widget=Chooser,
    )
    type = django_filters.ModelChoiceFilter(
        label=_("Type"),
        queryset=lambda _request: IncidentType.objects.all(),
        to_field_name="public_id",
        empty_label=_("Any type"),
        widget=Chooser,
    )
    tab = django_filters.CharFilter(method="keep", widget=forms.HiddenInput)
    sort = django_filters.CharFilter(method="keep", widget=forms.HiddenInput)

    class Meta:
        model = Incident
        fields: list[str] = []

    def search(self, incidents: IncidentQuerySet, _name: str, value: str) -> IncidentQuerySet:
        """Find by number, words or person."""
        return matching(incidents, value)

    def keep(self, incidents: IncidentQuerySet, _name: str, _value: Any) -> IncidentQuerySet:
        """Tab and order are the view's business; the form only carries them along."""
        return incidents
