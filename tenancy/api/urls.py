"""Addresses of people, teams and oneself."""

from django.urls import path

from tenancy.api import people

urlpatterns = [
    path("me/", people.MeView.as_view(), name="me"),
    path("people/", people.People.as_view(), name="people"),
    path("people/<uuid:public_id>/", people.PersonView.as_view(), name="person"),
    path("teams/", people.Teams.as_view(), name="teams"),
]
