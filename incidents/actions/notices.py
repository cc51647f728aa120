"""Who is told of what happened to an incident, and the public facts they are told.

The only place of this room that writes to the outbox. A notice is made of named public values; an internal message
is refused here, so no template can ever show one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from incidents import crowd, words
from incidents.actions.step import Step
from incidents.audience import (
    AUDIENCE,
    REPORTER,
    SPEAKERS,
    STAKEHOLDER,
    WATCHER,
    Concerned,
    concerned,
    is_followed,
)
from incidents.kinds import ASKED, CONFIRM, ESCALATED, kind_of
from incidents.lifecycle import OPEN, Status, Verb
from incidents.models import Incident, Involvement, Message
from incidents.priority import Priority
from notifications import outbox
from notifications.bursts import Bundle, Scope
from notifications.outbox import Letter, Recipient
from notifications.wishes import Fate
from tenancy import members
from tenancy.members import Member
from tenancy.models import Host, Membership, Organisation, TrailEntry, canonical_host
from tenancy.wall import Written, current_organisation_id

# The outsiders' links that act: each good for one purpose, and only in the reporter's hand.
LINKS = {
    "incident_resolved": ("confirm", "reject"),
    "incident_question": ("answer",),
    "incident_reminder_question": ("answer",),
    "incident_reminder_solution": ("confirm", "reject"),
    "incident_closed": ("contest",),
    "incident_cancelled": ("contest",),
}
TEMPLATE = {
    "incident_commented": "incident_replied",
    "incident_reminder_question": "incident_question",
    "incident_reminder_solution": "incident_resolved",
    "incident_waited": "incident_progressed",
    "incident_clock_half": "incident_clock",
    "incident_clock_short": "incident_clock",
    "incident_clock_late": "incident_clock",
}
RECEIPT, NEWS = "incident_reported", "incident_new"
# The event that each verb is to others; of the other verbs nobody is told.
EVENTS = {
    Verb.TAKE: "incident_progressed",
    Verb.CLASSIFY: "incident_progressed",
    Verb.OVERRIDE: "incident_progressed",
    Verb.RESET: "incident_progressed",
    Verb.RESUME: "incident_waited",
    Verb.ASSIGN: "incident_assigned",
    Verb.REPLY: "incident_replied",
    Verb.COMMENT: "incident_commented",
    Verb.ANSWER: "incident_commented",
    Verb.HOLD: "incident_question",
    Verb.RESOLVE: "incident_resolved",
    Verb.CLOSE: "incident_closed",
    Verb.CONFIRM: "incident_closed",
    Verb.REOPEN: "incident_reopened",
    Verb.REJECT: "incident_reopened",
    Verb.CONTEST: "incident_reopened",
    Verb.CANCEL: "incident_cancelled",
    Verb.WITHDRAW: "incident_cancelled",
}
NEVER_WAITS = frozenset({ASKED, CONFIRM, ESCALATED})


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
    people: Sequence[Concerned] | None = None
    """Who is told; none named: whoever the kind of event concerns."""
    still: Mapping[str, Any] = field(default_factory=dict)
    """What must still be so when it is sent, see `notifications.conditions`; nothing: it is sent whatever happened."""
    once: str = ""
    """What it tells, where many incidents tell the same: whoever is concerned by several of them hears it once."""

    def __post_init__(self) -> None:
        if self.message and self.message.internal:
            raise ValueError("An internal message can't be told to anybody.")


def tell(step: Step, event: str, entry: TrailEntry, message: Message | None = None) -> list[Letter]:
    """Put one message per person concerned into the outbox, and return them; whoever did it is not told."""
    return announce(Notice(event, entry, step.incident, step.member, message))


def tell_of_progress(step: Step, entry: TrailEntry, *, besides: Iterable[Letter] = ()) -> None:
    """Tell whoever follows it that work has begun, waits or goes on, or that the priority is another one; once each.

    Who got one of the letters ``besides`` has heard of this change.
    """
    if turn := _turn(step, entry.facts.get("changed", {})):
        event = "incident_waited" if turn in ("waits", "goes_on") else "incident_progressed"
        more = {"turn": turn, **_wait(step.incident)}
        announce(Notice(event, entry, step.incident, step.member, more=more), besides=besides)


def _turn(step: Step, changed: Mapping[str, Any]) -> str:
    """What the step is to those who follow the incident; empty where it is none of their business."""
    before, after = step.before["status"], step.incident.status
    if after == Status.ON_HOLD and not {"status", "hold_reason"}.isdisjoint(changed):
        return "waits"
    if before == Status.ON_HOLD and after in OPEN - {Status.ON_HOLD}:
        return "goes_on"
    if (before, after) == (Status.NEW, Status.IN_PROGRESS):
        return "begun"
    return "priority" if "priority" in changed else ""


def _wait(incident: Incident) -> dict[str, str]:
    """What it waits for, or until when; each reads it in their own language."""
    if not incident.hold_reason:
        return {}
    until = incident.hold_until.isoformat() if incident.hold_until else ""
    return {"waits_for": incident.hold_reason, "hold_until": until}


def withhold(incident: Incident) -> None:
    """Keep what still waits to be sent from whoever may not read the incident any more."""
    spoken = Involvement.objects.filter(incident=incident, part__in=SPEAKERS).values_list("membership", flat=True)
    speakers = {incident.reporter_id, *spoken}
    home = Organisation.objects.get(pk=current_organisation_id())
    outbox.withhold(
        _thread(incident),
        unless=lambda person: person.pk in speakers or incident.is_open_to_staff(members.load(person, home)),
    )


def _thread(incident: Incident) -> str:
    return f"incident-{incident.number}"


@dataclass(frozen=True)
class Told:
    """Somebody whom an event concerns: why, as what they chose about, and what becomes of the message."""

    to: Recipient
    reasons: tuple[str, ...]
    topic: str
    fate: Fate


def announce(notice: Notice, *, even_the_actor: bool = False, besides: Iterable[Letter] = ()) -> list[Letter]:
    """Like `tell`; a receipt also reaches the person who acted."""
    host = _host(notice.incident)
    heard = {one.to.membership_id for one in besides}
    made = letters(notice, host, even_the_actor=even_the_actor)
    posted = [one for one in made if one.to.membership_id not in heard]
    outbox.post_all(posted, host)
    return posted


def _host(incident: Incident) -> Host:
    """The organisation's own, which knows whether somebody follows the incident's service."""
    found = _hosts.first(incident.service_id or 0)
    if found is None:
        raise Host.DoesNotExist
    return found


_hosts = Written(lambda service_id: canonical_host().annotate(is_followed=is_followed(service_id)))


def letters_of(notices: Iterable[Notice], host: Host) -> list[Letter]:
    """The letters of several notices; whoever stands around the incidents is read for all of them at once.

    Of two notices of one change each person hears by the first that concerns them.
    """
    notices = list(notices)
    open_ones = [notice for notice in notices if notice.people is None]
    incidents = {notice.incident.pk: notice.incident for notice in open_ones}
    parts = {part for notice in open_ones for part in AUDIENCE[notice.event]}
    around = crowd.around(list(incidents.values()), parts) if incidents else {}
    made: dict[tuple[int, int | None], Letter] = {}
    for one in notices:
        for letter in letters(one, host, around=around.get(one.incident.pk)):
            made.setdefault((one.entry.id, letter.to.membership_id), letter)
    return list(made.values())


def letters(
    notice: Notice, host: Host, *, even_the_actor: bool = False, around: list[Membership] | None = None
) -> list[Letter]:
    """One letter for each person whom the event concerns, and who wants it; those ``around`` may have been read."""
    # That nobody follows a service was found out on the way.
    nobody_follows = not getattr(host, "is_followed", True)
    occasion = Occasion(
        notice.incident,
        notice.event,
        notice.actor.id if notice.actor else None,
        notice.entry.at,
        even_the_actor=even_the_actor,
        but=frozenset({STAKEHOLDER} if nobody_follows else ()),
        people=around,
        named=notice.people,
    )
    return [_letter(notice, one) for one in told(occasion, host.organisation) if one.fate.is_sent]


@dataclass(frozen=True)
class Occasion:
    """An event, happening or still to come, as far as it matters for who is told."""

    incident: Incident
    event: str
    actor_id: int | None
    at: datetime
    even_the_actor: bool = False
    but: frozenset[str] = frozenset()
    """Parts that nobody has."""
    people: list[Membership] | None = None
    """Those around the incident, if they were read already."""
    named: Sequence[Concerned] | None = None
    """Who is told, if that does not follow from the event."""


def told(occasion: Occasion, organisation: Organisation) -> list[Told]:
    """Who is told, and who is not although it concerns them: the same before it happens and when it does."""
    found = occasion.named
    if found is None:
        parts = [part for part in AUDIENCE[occasion.event] if part not in occasion.but]
        found = concerned(occasion.incident, parts, organisation, occasion.people)
    return [
        _told(occasion, one, Recipient.of(one.membership, organisation, one.reasons[0]))
        for one in found
        if one.membership.is_active
        and (one.membership.pk != occasion.actor_id or (occasion.even_the_actor and REPORTER in one.reasons))
    ]


def _told(occasion: Occasion, one: Concerned, to: Recipient) -> Told:
    topic = kind_of(occasion.event, one.reasons)
    fate = outbox.fate(to, topic, wakes=_wakes(occasion.incident, topic), at=occasion.at)
    return Told(to, one.reasons, topic, fate)


def foresee(
    member: Member, incident: Incident, verb: Verb, *, at: datetime, people: list[Membership] | None = None
) -> list[Told] | None:
    """Whom the member's verb would tell of the incident as it stands, and who would be spared; none: of it nobody is.

    Whoever is chosen in the verb's own form is not known yet.
    """
    if verb not in EVENTS:
        return None
    return told(Occasion(incident, EVENTS[verb], member.id, at, people=people), incident.organisation)


def _wakes(incident: Incident, topic: str) -> bool:
    """Whether it passes people's quiet hours: an escalation that waits for the morning has reached nobody."""
    return incident.priority == Priority.P1 or topic == ESCALATED


def _letter(notice: Notice, one: Told) -> Letter:
    to = one.to
    with translation.override(to.language):
        facts = _facts(notice, to.why) | {"reasons": list(one.reasons)}
    if to.why == REPORTER:
        facts["links"] = {
            purpose: {"purpose": purpose, "claims": _claims(notice, to)}
            for purpose in LINKS.get(notice.event, ())
            if purpose != "contest" or notice.incident.contest_until
        }
    return Letter(
        kind=_template(notice.event, to.why),
        to=to,
        facts=facts,
        dedupe=f"{notice.once or f'incident:{notice.entry.id}:{notice.event}'}:{to.membership_id}:mail",
        thread=_thread(notice.incident),
        at=notice.entry.at,
        record=notice.incident.label,
        bundle=_bundle(notice.incident, one.reasons),
        # What asks for something never waits for other news.
        urgent=one.topic in NEVER_WAITS,
        topic=one.topic,
        wakes=_wakes(notice.incident, one.topic),
        still=dict(notice.still),
    )


def _template(event: str, why: str) -> str:
    """Only the reporter gets a receipt."""
    return NEWS if event == RECEIPT and why != REPORTER else TEMPLATE.get(event, event)


def _bundle(incident: Incident, reasons: Iterable[str]) -> Bundle:
    """Whoever only looks on is told by service, others by record."""
    looks_on = set(reasons) <= {WATCHER, STAKEHOLDER} and incident.service_id
    return Bundle(Scope.SERVICE, incident.service_id) if looks_on else Bundle(Scope.RECORD, incident.number)


def _claims(notice: Notice, to: Recipient) -> dict[str, Any]:
    """What a link is bound to: this record, this person, and the step after which it was offered."""
    return {"number": notice.incident.number, "member": to.membership_id, "entry": notice.entry.id}


def _ending(incident: Incident) -> str:
    """Why staff ended it, where they said no more than the bare reason."""
    return str(Incident.Ending(incident.ending).label) if incident.contest_until else ""


def _facts(notice: Notice, why: str) -> dict[str, Any]:
    incident = notice.incident
    at_desk = why not in (*SPEAKERS, STAKEHOLDER)
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
        "closes_at": incident.closes_at.isoformat() if incident.closes_at else "",
        "contest_until": incident.contest_until.isoformat() if incident.contest_until else "",
        "links": {},
        **notice.more,
    }
