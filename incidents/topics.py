"""What a page that stands open can follow: the queue, one incident from either side, or one's own incidents."""

from collections.abc import Iterable
from typing import Any

from incidents.lifecycle import Verb
from incidents.models import Incident, Involvement
from incidents.models.incident import PREFIX
from tenancy.members import Member
from tenancy.wall import OneOf, Written

QUEUE, HOME = "queue", "home"
PORTAL = "portal-"
# Of these the requester's side is not even told that something happened.
UNTOLD = frozenset({Verb.NOTE, Verb.SUSPECT, Verb.CONCLUDE, Verb.DIAGNOSE, Verb.REFER})


def touched_by(incident: Incident, *, inside: bool = False, person_id: int | None = None) -> frozenset[str]:
    """The topics of those who should look again; ``inside``: staff only."""
    staff = frozenset({QUEUE, incident.label})
    if inside:
        return staff
    involved = Involvement.objects.filter(incident=incident).values_list("membership_id", flat=True)
    return staff | _outside(incident, [one for one in (*involved, person_id) if one])


def touched_together(incidents: Iterable[Incident]) -> frozenset[str]:
    """The topics of several incidents that changed at once."""
    touched = {incident.pk: incident for incident in incidents}
    involved: dict[int, set[int]] = {number: set() for number in touched}
    for number, person_id in _involved(tuple(touched)):
        involved[number].add(person_id)
    return frozenset().union(*(opened_by(touched[number], people) for number, people in involved.items()))


_involved: Written[Any] = Written(
    lambda numbers: Involvement.objects.filter(OneOf("incident", numbers)).values_list("incident_id", "membership_id")
)


def opened_by(incident: Incident, affected: Iterable[int]) -> frozenset[str]:
    """The same for an incident with nobody in it but the ``affected``, as when it has just been reported."""
    return frozenset({QUEUE, incident.label}) | _outside(incident, affected)


def _outside(incident: Incident, involved: Iterable[int]) -> frozenset[str]:
    homes = frozenset(_home(one) for one in (incident.reporter_id, *involved))
    return homes | {f"{PORTAL}{incident.label}"}


def followed(member: Member, topic: str) -> str:
    """The topic as it is told of, if the member may see what it is about; else nothing."""
    if topic == HOME:
        return _home(member.id)
    if topic == QUEUE:
        return topic if member.may("incident.read") else ""
    label = topic.removeprefix(PORTAL)
    number = label.removeprefix(PREFIX)
    if label != f"{PREFIX}{number}" or not (number.isascii() and number.isdecimal()) or len(number) > 9:
        return ""
    seen = Incident.objects.for_portal if topic.startswith(PORTAL) else Incident.objects.for_desk
    return topic if seen(member).filter(number=int(number)).exists() else ""


def is_for_staff(topic: str) -> bool:
    """Whether it belongs to the desk, with all that its door asks for."""
    return topic != HOME and not topic.startswith(PORTAL)


def _home(membership_id: int) -> str:
    return f"{HOME}-{membership_id}"
