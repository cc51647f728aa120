"""Suggestions for a field in which somebody types a person."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from incidents.people import line, suggested
from tenancy.requests import MemberRequest

# Whoever names people in a form: for whom they log, or whom an incident concerns.
NAMING = ("incident.log", "incident.work")


@require_safe
def people(request: MemberRequest) -> HttpResponse:
    """The first few whom the typed text may mean."""
    if not any(request.member.may_somewhere(right) for right in NAMING):
        request.member.require(NAMING[0])
    found = suggested(request.GET.get(request.GET.get("field", "q"), ""))
    return render(request, "incidents/people.html", {"people": [line(person) for person in found]})
