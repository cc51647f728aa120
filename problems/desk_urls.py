"""The desk's addresses of this room; the desk mounts them and guards its door."""

from django.urls import path

from incidents import converters as incident_converters
from problems import converters
from problems.views import desk, panels, proof

incident_converters.register()
converters.register()

urlpatterns = [
    path("problems/", desk.problems, name="problems"),
    path("problems/new/", desk.raise_one, name="problem-new"),
    path("problems/<problem:number>/", desk.problem, name="problem"),
    path("problems/<problem:number>/proof/", proof.proof, name="problem-proof"),
    path("problems/<problem:number>/<problem_verb:verb>/", desk.act, name="problem-act"),
    path("incidents/<label:number>/problem/", panels.on_incident, name="incident-problem"),
]
