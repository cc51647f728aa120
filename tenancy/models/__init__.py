"""Organisations, people and the trail."""

from tenancy.models.answers import KeptAnswer
from tenancy.models.calendars import Calendar, CalendarEdition
from tenancy.models.files import StoredFile
from tenancy.models.organisation import Host, Organisation, canonical_host
from tenancy.models.people import Invitation, Membership, Person, RoleGrant, Team, TeamSeat
from tenancy.models.tokens import Scope, Token
from tenancy.models.trail import TrailEntry, TrailSeal

__all__ = [
    "Calendar",
    "CalendarEdition",
    "Host",
    "Invitation",
    "KeptAnswer",
    "Membership",
    "Organisation",
    "Person",
    "RoleGrant",
    "Scope",
    "StoredFile",
    "Team",
    "TeamSeat",
    "Token",
    "TrailEntry",
    "TrailSeal",
    "canonical_host",
]
