"""Addresses of problems and of what is known."""

from django.urls import path

from incidents import converters as incident_converters
from problems import converters
from problems.api import article_verbs, articles, clusters, deciding, files, reading, revisions, similar
from problems.api.deeds import DEEDS
from problems.api.verbs import view_of

incident_converters.register()
converters.register()

PROBLEM, ARTICLE = "problems/<problem:number>/", "articles/<uuid:public_id>/"
CLUSTER = "clusters/<uuid:public_id>/"
urlpatterns = [
    path("problems/", reading.Problems.as_view(), name="problems"),
    path("problems/files/", files.Uploads.as_view(), name="problem-files"),
    path("problems/files/<uuid:uuid>/", files.Download.as_view(), name="problem-file"),
    path(PROBLEM, reading.OneProblem.as_view(), name="problem"),
    path(f"{PROBLEM}incidents/", reading.Incidents.as_view(), name="problem-incidents"),
    path(f"{PROBLEM}notes/", reading.Notes.as_view(), name="problem-notes"),
    path(f"{PROBLEM}attachments/", reading.Files.as_view(), name="problem-attachments"),
    path(f"{PROBLEM}trail/", reading.Trail.as_view(), name="problem-trail"),
    path(f"{PROBLEM}analysis/", reading.Analysis.as_view(), name="problem-analysis"),
    *(path(f"{PROBLEM}{verb}/", view_of(verb), name=f"problem-{verb}") for verb in DEEDS),
    path("clusters/", clusters.Clusters.as_view(), name="clusters"),
    path(CLUSTER, clusters.OneCluster.as_view(), name="cluster"),
    path(f"{CLUSTER}raise/", deciding.RaiseFor.as_view(), name="cluster-raise"),
    path(f"{CLUSTER}dismiss/", deciding.Dismiss.as_view(), name="cluster-dismiss"),
    path("incidents/<label:number>/similar/", similar.SimilarToIncident.as_view(), name="similar"),
    path("known-errors/", articles.KnownErrors.as_view(), name="known-errors"),
    path("articles/", articles.Articles.as_view(), name="articles"),
    path(ARTICLE, articles.OneArticle.as_view(), name="article"),
    path(f"{ARTICLE}revisions/", revisions.Revisions.as_view(), name="article-revisions"),
    path(f"{ARTICLE}revisions/<int:edition>/", revisions.OneRevision.as_view(), name="article-revision"),
    *(path(f"{ARTICLE}{verb}/", article_verbs.view_of(verb), name=f"article-{verb}") for verb in article_verbs.DEEDS),
]
