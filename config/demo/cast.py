"""The organisation as the stories know it: everything by its name."""

from dataclasses import dataclass, field

from config.demo.worktime import Week
from incidents.models import Category, IncidentType, Service
from tenancy.members import Member
from tenancy.models import Membership, Organisation, Team


@dataclass
class Cast:
    """Rows by the names that the stories use; ``numbers`` grows while they are played."""

    organisation: Organisation
    week: Week
    humans: dict[str, Membership] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    types: dict[str, IncidentType] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
