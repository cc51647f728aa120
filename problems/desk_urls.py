"""The desk's addresses of this room; the desk mounts them and guards its door."""

from django.urls import path

from incidents import converters as incident_converters
from problems import converters
from problems.views import acting, analysis, articles, clusters, desk, files, panels, picking, proof, similar

incident_converters.register()
converters.register()

urlpatterns = [
    path("problems/", desk.problems, name="problems"),
    path("problems/new/", desk.raise_one, name="problem-new"),
    path("problems/clusters/", clusters.clusters, name="clusters"),
    path("problems/clusters/<uuid:public_id>/raise/", clusters.raise_for, name="cluster-raise"),
    path("problems/clusters/<uuid:public_id>/dismiss/", clusters.dismiss, name="cluster-dismiss"),
    path("problems/link/", picking.link, name="problem-link"),
    path("problems/files/<uuid:uuid>/", files.download, name="problem-file"),
    path("problems/<problem:number>/", desk.problem, name="problem"),
    path("problems/<problem:number>/proof/", proof.proof, name="problem-proof"),
    path("problems/<problem:number>/analysis/", analysis.analysis, name="problem-analysis"),
    path("problems/<problem:number>/similar/", similar.on_problem, name="problem-similar"),
    path("problems/<problem:number>/<problem_verb:verb>/", acting.act, name="problem-act"),
    path("articles/", articles.articles, name="articles"),
    path("articles/new/", articles.write, name="article-new"),
    path("articles/preview/", articles.preview, name="article-preview"),
    path("articles/numbers/", articles.numbers, name="article-numbers"),
    path("articles/<uuid:public_id>/", articles.article, name="article"),
    path("articles/<uuid:public_id>/edit/", articles.edit, name="article-edit"),
    path("articles/<uuid:public_id>/publish/", articles.publish, name="article-publish"),
    path("articles/<uuid:public_id>/retire/", articles.retire, name="article-retire"),
    path("articles/<uuid:public_id>/revisions/<int:edition>/", articles.revision, name="article-revision"),
    path("incidents/<label:number>/answers/", articles.on_incident, name="incident-answers"),
    path("incidents/<label:number>/problem/", panels.on_incident, name="incident-problem"),
    path("incidents/<label:number>/similar/", similar.on_incident, name="incident-similar"),
]
