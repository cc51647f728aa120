"""Who is told of what happens to an incident, and why: asked before, by the page that shows it, and when it happens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.models import Following, Incident, Involvement
from notifications import preferences
from tenancy import members
from tenancy.members import Member
from tenancy.models import Membership, Organisation, RoleGrant
from tenancy.roles import Role
from tenancy.wall import Among, Written, current_organisation_id

REPORTER = "reporter"
ASSIGNEE = "assignee"
AFFECTED = Involvement.Part.AFFECTED.value
PARTICIPANT = Involvement.Part.PARTICIPANT.value
WATCHER = Involvement.Part.WATCHER.value
STAKEHOLDER = "stakeholder"
TEAM_LEAD = Role.TEAM_LEAD
INCIDENT_MANAGER = Role.INCIDENT_MANAGER
LEADERS = (TEAM_LEAD, INCIDENT_MANAGER)

SPEAKERS = (REPORTER, AFFECTED, PARTICIPANT)
EVERYONE = (*SPEAKERS, WATCHER, STAKEHOLDER)

AUDIENCE: dict[str, tuple[str, ...]] = {
    "incident_reported": (REPORTER, STAKEHOLDER),
    "incident_assigned": (ASSIGNEE,),
    "incident_replied": SPEAKERS,
    "incident_commented": (ASSIGNEE,),
    "incident_advised": SPEAKERS,
    "incident_cause_ended": (ASSIGNEE,),
    "incident_progressed": (WATCHER, STAKEHOLDER),
    "incident_waited": EVERYONE,
    "incident_question": (REPORTER,),
    "incident_resolved": EVERYONE,
    "incident_closed": (*EVERYONE, ASSIGNEE),
    "incident_reopened": (*EVERYONE, ASSIGNEE),
    "incident_cancelled": (*EVERYONE, ASSIGNEE),
    "incident_resumed": (ASSIGNEE,),
    "incident_reminder_question": (REPORTER,),
    "incident_reminder_solution": (REPORTER,),
    "incident_clock_half": (ASSIGNEE,),
    "incident_clock_short": (ASSIGNEE, TEAM_LEAD),
    "incident_clock_late": (ASSIGNEE, TEAM_LEAD, INCIDENT_MANAGER),
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Somebody who is told, with all the reasons that still let them open the incident; the first one counts."""

    membership: Membership
    reasons: tuple[str, ...]


def concerned(
    incident: Incident, parts: Iterable[str], organisation: Organisation, people: Iterable[Membership] | None = None
) -> list[Concerned]:
    """Everybody who stands in one of these ways to the incident: one entry per person, whatever their reasons.

    Who has read `people_around` it already hands them in.
    """
    parts = tuple(parts)
    if people is None and _is_for_a_known_reporter(incident, parts):
        return [Concerned(incident.reporter, (REPORTER,))]
    found = []
    for person in people_around(incident, parts) if people is None else people:
        if reasons := tuple(_reasons(person, incident, parts, members.load(person, organisation))):
            found.append(Concerned(person, reasons))
    return found


def _is_for_a_known_reporter(incident: Incident, parts: tuple[str, ...]) -> bool:
    known = Incident.reporter.is_cached(incident)
    return set(parts) == {REPORTER} and known and preferences.came_with(incident.reporter)


def people_around(incident: Incident, parts: Iterable[str]) -> list[Membership]:
    """Whoever may stand in one of these ways to the incident; each with ``parts``, rights and wishes."""
    parts = tuple(parts)
    led = any(part in LEADERS for part in parts)
    followed = STAKEHOLDER in parts and not incident.restricted
    people = _people(
        incident.id,
        incident.team_id if led else None,
        incident.service_id if followed else None,
        *_named(incident, parts),
        parts=parts,
    )
    for person in people:
        if person.pk == incident.reporter_id:
            incident.reporter = person
    return people


def parts_of(person: Any) -> list[str]:
    """Which parts somebody of `people_around` has been given in the incident, besides reporting it or having it."""
    return sorted(person.parts)


def _make_people(
    incident_id: int, team_id: int | None, service_id: int | None, *named: int, parts: tuple[str, ...]
) -> QuerySet[Membership]:
    """Whoever may be meant, with what their reasons depend on."""
    involved = Involvement.objects.filter(incident=incident_id, part__in=parts)
    wanted = Q(pk__in=named) | Q(Among("pk", involved.values("membership")))
    own = involved.filter(membership=OuterRef("pk")).values("part")
    facts: dict[str, Any] = {"parts": ArraySubquery(own)}
    if leaders := [part for part in LEADERS if part in parts]:
        held = RoleGrant.objects.filter(Q(team=None) | Q(team=team_id), role__in=leaders)
        wanted |= Q(Among("pk", held.values("membership")))
    if service_id:
        followings = Following.objects.filter(service=service_id)
        wanted |= Q(Among("pk", followings.values("membership")))
        facts["follows"] = Exists(followings.filter(membership=OuterRef("pk")))
    people = preferences.with_wishes(Membership.objects.filter(wanted).annotate(**facts))
    return members.with_rights(people).order_by("pk")


_people = Written(_make_people)


def _named(incident: Incident, parts: Iterable[str]) -> list[int]:
    ids = {REPORTER: incident.reporter_id, ASSIGNEE: incident.assignee_id}
    return sorted({one for part in parts if (one := ids.get(part))})


def _reasons(person: Any, incident: Incident, parts: Iterable[str], member: Member) -> Iterable[str]:
    """In the order in which they count."""
    if REPORTER in parts and person.pk == incident.reporter_id:
        yield REPORTER
    if ASSIGNEE in parts and person.pk == incident.assignee_id and can_have(member, incident):
        yield ASSIGNEE
    yield from (part for part in (AFFECTED, PARTICIPANT) if part in parts and part in person.parts)
    if WATCHER in parts and WATCHER in person.parts and incident.is_open_to_staff(member):
        yield WATCHER
    yield from (role for role in LEADERS if role in parts and _leads(member, role, incident))
    if STAKEHOLDER in parts and getattr(person, "follows", False) and member.may("incident.follow"):
        yield STAKEHOLDER


def _leads(member: Member, role: Role, incident: Incident) -> bool:
    """Whether they have the role for the team's records, or for all; and may see this one."""
    held = (role, None) in member.grants or (role, incident.team_id) in member.grants
    return held and incident.is_open_to_staff(member)


def can_have(member: Member, incident: Incident) -> bool:
    """Whether the member may work on the incident, and see it, as it stands in memory."""
    return member.may("incident.work", incident.team_id) and incident.is_open_to_staff(member)


def is_followed(service_id: int) -> Any:
    """Whether somebody follows the service, as an annotation of a query that is asked anyway."""
    return Exists(Following.objects.filter(service=service_id))


def may_watch(person: Membership, incident: Incident) -> bool:
    """Watching is reading the desk, so it takes the right to."""
    organisation = Organisation.objects.get(pk=current_organisation_id())
    return incident.is_open_to_staff(members.load(person, organisation))
