"""The desk's addresses of this room; the desk mounts them and guards its door."""

from django.urls import path

from incidents import converters
from incidents.views import desk, people, promises, renewing, stuck

converters.register()

urlpatterns = [
    path("incidents/", desk.queue, name="incidents"),
    path("people/", people.people, name="people"),
    path("promises/renew/", renewing.renew, name="promises-renew"),
    path("stuck/", stuck.stuck, name="stuck"),
    path("incidents/new/", desk.log, name="incident-new"),
    path("incidents/<label:number>/", desk.incident, name="incident"),
    path("incidents/<label:number>/compose/", desk.compose, name="incident-compose"),
    path("incidents/<label:number>/promises/", promises.for_staff, name="incident-promises"),
    path("incidents/<label:number>/<verb:verb>/", desk.act, name="incident-act"),
]
