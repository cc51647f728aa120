"""Addresses of problems and of what is known."""

from django.urls import path

from problems import converters
from problems.api import article_verbs, articles, reading
from problems.api.deeds import DEEDS
from problems.api.verbs import view_of

converters.register()

PROBLEM, ARTICLE = "problems/<problem:number>/", "articles/<uuid:public_id>/"
urlpatterns = [
    path("problems/", reading.Problems.as_view(), name="problems"),
    path(PROBLEM, reading.OneProblem.as_view(), name="problem"),
    path(f"{PROBLEM}incidents/", reading.Incidents.as_view(), name="problem-incidents"),
    path(f"{PROBLEM}notes/", reading.Notes.as_view(), name="problem-notes"),
    path(f"{PROBLEM}trail/", reading.Trail.as_view(), name="problem-trail"),
    path(f"{PROBLEM}analysis/", reading.Analysis.as_view(), name="problem-analysis"),
    *(path(f"{PROBLEM}{verb}/", view_of(verb), name=f"problem-{verb}") for verb in DEEDS),
    path("known-errors/", articles.KnownErrors.as_view(), name="known-errors"),
    path("articles/", articles.Articles.as_view(), name="articles"),
    path(ARTICLE, articles.OneArticle.as_view(), name="article"),
    *(path(f"{ARTICLE}{verb}/", article_verbs.view_of(verb), name=f"article-{verb}") for verb in article_verbs.DEEDS),
]
