"""What forms and commands hand to the actions: plain values, already in shape."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from tenancy.holidays import Holiday
from tenancy.hours import Hours
from tenancy.roles import Role

Grants = frozenset[tuple[Role, int | None]]
"""Roles, each with the id of the team it is limited to, or None."""


def grants(pairs: Iterable[tuple[str, int | None]]) -> Grants:
    """Read (role, team id) pairs; everyone is a requester, so that one is left out."""
    return frozenset((Role(role), team_id) for role, team_id in pairs if role != Role.REQUESTER)


@dataclass(frozen=True, slots=True)
class Profile:
    """What an organisation knows about a human."""

    name: str
    mail: str = ""
    phone: str = ""
    department: str = ""
    manager_id: int | None = None
    language: str = ""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """A team with those who sit in it."""

    name: str
    description: str = ""
    is_active: bool = True
    seats: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class CalendarDraft:
    """A calendar, and what it says from a day on: from midnight there, or at once where no day is given."""

    name: str
    zone: str
    is_default: bool = False
    always: bool = False
    week: tuple[Hours, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    takes_effect: date | None = None


@dataclass(frozen=True, slots=True)
class Branding:
    """How an organisation calls itself, looks, speaks and guards its desk.

    ``logo`` is a PNG made by `tenancy.pictures`; None leaves the present one, no bytes take it away.
    """

    name: str
    colour: str
    language: str
    time_zone: str
    requires_second_factor: bool = False
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Founding:
    """A new organisation; the first host is the one that stands in links."""

    slug: str
    name: str
    hosts: tuple[str, ...]
    sender_address: str = ""
    language: str = "en"
    time_zone: str = "Europe/Berlin"
    admin_mail: str = ""
    admin_name: str = field(default="Administrator")


@dataclass(frozen=True, slots=True)
class TokenDraft:
    """A key for a program: what it is called, what it is good for, and for how many days."""

    name: str
    scopes: frozenset[str]
    days: int
