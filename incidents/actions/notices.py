"""Who is told of what happened to an incident, and the public facts they are told.

The only place of this room that writes to the outbox. A notice is made of named public values; an internal message
is refused here, so no template can ever show one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import translation

from incidents import words
from incidents.actions.step import Step
from incidents.lifecycle import Status
from incidents.models import Following, Incident, Involvement, Message
from notifications import outbox
from notifications.outbox import Letter, Recipient
from tenancy import members
from tenancy.members import Member
from tenancy.models import Host, Membership, Organisation, RoleGrant, TrailEntry
from tenancy.roles import RIGHTS, Role
from tenancy.wall import current_organisation_id

REPORTER = "reporter"
ASSIGNEE = "assignee"
AFFECTED = Involvement.Part.AFFECTED.value
PARTICIPANT = Involvement.Part.PARTICIPANT.value
WATCHER = Involvement.Part.WATCHER.value
STAKEHOLDER = "stakeholder"
TEAM_LEAD = Role.TEAM_LEAD
INCIDENT_MANAGER = Role.INCIDENT_MANAGER
LEADERS = frozenset({TEAM_LEAD, INCIDENT_MANAGER})

SPEAKERS = (REPORTER, AFFECTED, PARTICIPANT)
EVERYONE = (*SPEAKERS, WATCHER, STAKEHOLDER)

AUDIENCE: dict[str, tuple[str, ...]] = {
    "incident_reported": (REPORTER,),
    "incident_assigned": (ASSIGNEE,),
    "incident_replied": SPEAKERS,
    "incident_commented": (ASSIGNEE,),
    "incident_question": (REPORTER,),
    "incident_resolved": EVERYONE,
    "incident_closed": (*EVERYONE, ASSIGNEE),
    "incident_reopened": (*EVERYONE, ASSIGNEE),
    "incident_cancelled": (*EVERYONE, ASSIGNEE),
    "incident_clock_half": (ASSIGNEE,),
    "incident_clock_short": (ASSIGNEE, TEAM_LEAD),
    "incident_clock_late": (ASSIGNEE, TEAM_LEAD, INCIDENT_MANAGER),
}
# The outsiders' links that act: each good for one purpose, and only in the reporter's hand.
LINKS = {
    "incident_resolved": ("confirm", "reject"),
    "incident_question": ("answer",),
    "incident_closed": ("contest",),
    "incident_cancelled": ("contest",),
}
TEMPLATE = {
    "incident_commented": "incident_replied",
    "incident_clock_half": "incident_clock",
    "incident_clock_short": "incident_clock",
    "incident_clock_late": "incident_clock",
}


@dataclass(frozen=True)
class Notice:
    """What happened, as the people concerned may know it."""

    event: str
    entry: TrailEntry
    incident: Incident
    actor: Member | None
    """Who did it; none: it came by itself, when its time had come."""
    message: Message | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else this kind of event tells."""

    def __post_init__(self) -> None:
        if self.message and self.message.internal:
            raise ValueError("An internal message can't be told to anybody.")


def tell(step: Step, event: str, entry: TrailEntry, message: Message | None = None) -> None:
    """Put one message per person concerned into the outbox; whoever did it is not told."""
    announce(Notice(event, entry, step.incident, step.member, message))


def announce(notice: Notice, *, even_the_actor: bool = False) -> None:
    """Like `tell`; a receipt also reaches the person who acted."""
    host = Host.objects.canonical()
    outbox.post_all(letters(notice, host, even_the_actor=even_the_actor), host)


def letters(notice: Notice, host: Host, *, even_the_actor: bool = False) -> list[Letter]:
    """One letter for each person whom the event concerns."""
    actor_id = notice.actor.id if notice.actor and not even_the_actor else None
    return [
        _letter(notice, Recipient.of(membership, host.organisation, why))
        for membership, why in _audience(notice.incident, AUDIENCE[notice.event]).items()
        if membership.mail and membership.is_active and membership.pk != actor_id
    ]


def _audience(incident: Incident, parts: Iterable[str]) -> dict[Membership, str]:
    """One entry per person with the first reason they have, and that still lets them open the incident."""
    found: dict[Membership, str] = {}
    parts = tuple(parts)
    if REPORTER in parts:
        found[incident.reporter] = REPORTER
    if ASSIGNEE in parts and incident.assignee:
        found.setdefault(incident.assignee, ASSIGNEE)
    for involvement in _involved(incident, parts):
        if involvement.part != WATCHER or may_watch(involvement.membership, incident):
            found.setdefault(involvement.membership, involvement.part)
    for role in LEADERS & set(parts):
        for membership in _holding(role, incident.team_id):
            found.setdefault(membership, role)
    if STAKEHOLDER in parts:
        for following in _followings(incident).select_related("membership"):
            found.setdefault(following.membership, STAKEHOLDER)
    return found


def _involved(incident: Incident, parts: Iterable[str]) -> Iterable[Involvement]:
    wanted = set(parts) & set(Involvement.Part.values)
    involved = Involvement.objects.filter(incident=incident, part__in=wanted)
    return involved.select_related("membership").order_by("part", "id") if wanted else ()


def _holding(role: Role, team_id: int | None) -> QuerySet[Membership]:
    """Who has the role for the team's records; for a record without a team: who has it for all."""
    held = RoleGrant.objects.filter(Q(team=None) | Q(team=team_id), membership=OuterRef("pk"), role=role)
    return Membership.objects.filter(Exists(held), state=Membership.State.ACTIVE).order_by("pk")


def _followings(incident: Incident) -> QuerySet[Following]:
    """By whom its service is followed, of those who still have the right to; nobody follows what is restricted."""
    if incident.restricted or not incident.service_id:
        return Following.objects.none()
    roles = [role.value for role, rights in RIGHTS.items() if "incident.follow" in rights]
    held = RoleGrant.objects.filter(membership=OuterRef("membership"), role__in=roles, team=None)
    return Following.objects.filter(Exists(held), service=incident.service_id)


def may_watch(person: Membership, incident: Incident) -> bool:
    """Watching is reading the desk, so it takes the right to."""
    organisation = Organisation.objects.get(pk=current_organisation_id())
    return incident.is_open_to_staff(members.load(person, organisation))


def _letter(notice: Notice, to: Recipient) -> Letter:
    with translation.override(to.language):
        facts = _facts(notice, to.why)
    if to.why == REPORTER:
        facts["links"] = {
            purpose: {"purpose": purpose, "claims": _claims(notice, to)}
            for purpose in LINKS.get(notice.event, ())
            if purpose != "contest" or notice.incident.contest_until
        }
    return Letter(
        kind=TEMPLATE.get(notice.event, notice.event),
        to=to,
        facts=facts,
        dedupe=f"incident:{notice.entry.id}:{notice.event}:{to.membership_id}:mail",
        thread=f"incident-{notice.incident.number}",
        at=notice.entry.at,
        record=notice.incident.label,
    )


def _claims(notice: Notice, to: Recipient) -> dict[str, Any]:
    """What a link is bound to: this record, this person, and the step after which it was offered."""
    return {"number": notice.incident.number, "member": to.membership_id, "entry": notice.entry.id}


def _ending(incident: Incident) -> str:
    """Why staff ended it, where they said no more than the bare reason."""
    return str(Incident.Ending(incident.ending).label) if incident.contest_until else ""


def _facts(notice: Notice, why: str) -> dict[str, Any]:
    incident = notice.incident
    at_desk = why in (ASSIGNEE, WATCHER, *LEADERS)
    return {
        "number": incident.label,
        "title": incident.title,
        "status": str(words.STATUS[Status(incident.status)]),
        "requester": incident.reporter.name,
        "actor_name": notice.actor.name if notice.actor else "",
        "text": notice.message.text if notice.message else _ending(incident),
        "service": incident.service.name if incident.service else "",
        "priority": incident.priority,
        "path": reverse("desk:incident" if at_desk else "incidents:portal-incident", args=[incident.label]),
        "why": why,
        "contest_until": incident.contest_until.isoformat() if incident.contest_until else "",
        "links": {},
        **notice.more,
    }
