"""The portal's addresses."""

from django.urls import path

from incidents import converters
from incidents.views import files, links, live, portal, promises

converters.register()

app_name = "incidents"
urlpatterns = [
    path("", portal.home, name="portal-home"),
    path("report/", portal.report, name="portal-report"),
    path("incidents/<label:number>/", portal.incident, name="portal-incident"),
    path("incidents/<label:number>/verdict/", portal.verdict, name="portal-verdict"),
    path("incidents/<label:number>/promises/", promises.for_requester, name="portal-promises"),
    path("incidents/<label:number>/<verb:verb>/", portal.act, name="portal-act"),
    path("live/", live.follow, name="live"),
    path("files/<uuid:uuid>/", files.download, name="file"),
    path("answer/<slug:purpose>/<str:token>/", links.answer, name="answer"),
]
