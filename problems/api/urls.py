"""Addresses of problems and of what is known."""

from django.urls import path

from problems import converters
from problems.api import reading
from problems.api.verbs import view_of
from problems.lifecycle import Verb

converters.register()

PROBLEM = "problems/<problem:number>/"
urlpatterns = [
    path("problems/", reading.Problems.as_view(), name="problems"),
    path(PROBLEM, reading.OneProblem.as_view(), name="problem"),
    path(f"{PROBLEM}incidents/", reading.Incidents.as_view(), name="problem-incidents"),
    path(f"{PROBLEM}notes/", reading.Notes.as_view(), name="problem-notes"),
    path(f"{PROBLEM}trail/", reading.Trail.as_view(), name="problem-trail"),
    path(f"{PROBLEM}analysis/", reading.Analysis.as_view(), name="problem-analysis"),
    *(path(f"{PROBLEM}{verb}/", view_of(verb), name=f"problem-{verb}") for verb in Verb),
]
