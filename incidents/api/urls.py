"""Addresses of incidents and of what they are made of."""

from django.urls import path

from incidents import converters
from incidents.api import catalogue, files, reading
from incidents.api.verbs import view_of
from incidents.lifecycle import Verb

converters.register()

INCIDENT = "incidents/<label:number>/"
urlpatterns = [
    path("incidents/", reading.Incidents.as_view(), name="incidents"),
    path(INCIDENT, reading.OneIncident.as_view(), name="incident"),
    path(f"{INCIDENT}messages/", reading.Messages.as_view(), name="messages"),
    path(f"{INCIDENT}attachments/", reading.Files.as_view(), name="attachments"),
    path(f"{INCIDENT}trail/", reading.Trail.as_view(), name="trail"),
    path(f"{INCIDENT}people/", reading.People.as_view(), name="involved"),
    *(path(f"{INCIDENT}{verb}/", view_of(verb), name=f"incident-{verb}") for verb in Verb),
    path("files/", files.Uploads.as_view(), name="files"),
    path("files/<uuid:uuid>/", files.Download.as_view(), name="file"),
    path("services/", catalogue.Services.as_view(), name="services"),
    path("categories/", catalogue.Categories.as_view(), name="categories"),
    path("types/", catalogue.Types.as_view(), name="types"),
]
