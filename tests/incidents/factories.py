"""Made-up desks: services and types of the bound organisation, and incidents brought about by the actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import factory

from incidents import actions
from incidents.drafts import Classification, Confirmation, Draft, Hold, Resolution
from incidents.lifecycle import HoldReason, Status
from incidents.models import Category, Incident, IncidentType, Involvement, Service
from incidents.priority import Impact, Risk, Severity, Urgency
from tenancy.members import Member
from tenancy.models import Membership
from tests.factories import TeamFactory


class ServiceFactory(factory.django.DjangoModelFactory[Service]):
    """A service with a team of its own that owns it."""

    class Meta:
        model = Service

    name = factory.Sequence(lambda n: f"Service {n}")
    owner_team = factory.SubFactory(TeamFactory)


class CategoryFactory(factory.django.DjangoModelFactory[Category]):
    """A topic."""

    class Meta:
        model = Category

    name = factory.Sequence(lambda n: f"Category {n}")
    path = factory.SelfAttribute("name")


class IncidentTypeFactory(factory.django.DjangoModelFactory[IncidentType]):
    """A kind of report."""

    class Meta:
        model = IncidentType

    name = factory.Sequence(lambda n: f"Type {n}")


SUPPLIER = Hold(reason=HoldReason.SUPPLIER, text="Waiting for spare parts.")
QUESTION = Hold(reason=HoldReason.REQUESTER, text="Which colour is the lamp?")
FIXED = Resolution(code=Incident.Resolution.FIXED, note="The cable is new.", tested_how="Printed a page.")
IT_WORKS = Confirmation()


def classification(**facts: Any) -> Classification:
    """What staff say, medium in everything unless said otherwise."""
    said = {"type": None, "category": None, "service": None, "severity": Severity.DEGRADED}
    return Classification(
        **{**said, "impact": Impact.GROUP, "urgency": Urgency.MEDIUM, "risk": Risk.LOW, **facts},
    )


def person(member: Member) -> Membership:
    """The row behind a member."""
    return Membership.objects.get(pk=member.id)


def reported(reporter: Member, at: datetime | None = None, **draft: Any) -> Incident:
    """An incident as its reporter leaves it: new."""
    return actions.report(reporter, draft=Draft(**{"title": "The printer is on fire", **draft}), at=at)


def brought_to(status: Status, reporter: Member, staff: Member, at: datetime | None = None, **draft: Any) -> Incident:
    """An incident of the reporter's that staff brought to this status; on hold it waits for a supplier."""
    number = reported(reporter, at, **draft).number
    steps: dict[Status, list[Callable[[], object]]] = {
        Status.NEW: [],
        Status.IN_PROGRESS: [lambda: actions.take(staff, number=number, at=at)],
        Status.ON_HOLD: [lambda: actions.hold(staff, number=number, facts=SUPPLIER, at=at)],
        Status.RESOLVED: [lambda: actions.resolve(staff, number=number, resolution=FIXED, at=at)],
        Status.CLOSED: [
            lambda: actions.resolve(staff, number=number, resolution=FIXED, at=at),
            lambda: actions.close(staff, number=number, ending=Incident.Ending.PHONE, at=at),
        ],
        Status.CANCELLED: [
            lambda: actions.cancel(staff, number=number, ending=Incident.Ending.NOT_INCIDENT, text="A drill.", at=at)
        ],
    }
    for step in steps[status]:
        step()
    return Incident.objects.get(number=number)


def involved(incident: Incident, member: Member, part: str) -> None:
    """Make the member part of it, without anybody's leave."""
    Involvement.objects.create(incident=incident, membership_id=member.id, part=part)
