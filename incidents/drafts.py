"""What people bring to an action: plain frozen facts, made by forms, the API and the seed alike."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from incidents.lifecycle import HoldReason
from incidents.models import Category, IncidentType, Service
from incidents.priority import Impact, Risk, Severity, Urgency
from incidents.sla import Targets
from tenancy.drafts import Profile
from tenancy.models import Calendar, Membership


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A report before it is an incident. ``attachments`` are files the reporter has uploaded already."""

    title: str
    description: str = ""
    occurred_at: datetime | None = None
    occurred_roughly: bool = False
    urgency: Urgency = Urgency.MEDIUM
    impact: Impact = Impact.PERSON
    service: Service | None = None
    type: IncidentType | None = None
    category: Category | None = None
    error_code: str = ""
    attachments: tuple[UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Intake:
    """How a report came in, where staff log it for somebody: a member, or a new contact's profile."""

    reporter: Membership | Profile
    source: str
    source_reference: str = ""
    affected: tuple[Membership, ...] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Classification:
    """What staff say about an incident; the priority follows from it."""

    type: IncidentType | None
    category: Category | None
    service: Service | None
    impact: Impact
    urgency: Urgency
    risk: Risk
    severity: Severity | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Why an incident waits; waiting for the requester takes a public question, a date takes the date."""

    reason: HoldReason
    text: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What was done, in words the reporter will read, and how it was tested."""

    code: str
    note: str
    tested_how: str


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """The reporter's word that it works; all of it may be left out."""

    retested_how: str = ""
    rating: int | None = None
    word: str = ""


@dataclass(frozen=True, kw_only=True)
class PolicyDraft:
    """What is promised, for what, and from which day on: midnight in the calendar's zone, or at once without a day."""

    name: str
    calendar: Calendar
    targets: Targets
    service: Service | None = None
    type: IncidentType | None = None
    takes_effect: date | None = None
