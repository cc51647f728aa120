"""Shape a record for the templates: plain values, and for the requester's side never an internal one."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from incidents import words
from incidents.lifecycle import Awaited, Status
from incidents.models import Attachment, Incident, Message
from incidents.queries import Said
from incidents.views.narration import public_event
from tenancy.members import Member

# Public messages that say what they are.
SHOWN_AS = frozenset({Message.Kind.QUESTION, Message.Kind.WORKAROUND, Message.Kind.SOLUTION})


def waiting_for(incident: Incident, *, mine: bool) -> str:
    """Who moves next, as a sentence for the requester (``mine``) or for staff."""
    awaited = incident.awaited
    if awaited is Awaited.NOBODY:
        confirmed = incident.ending == Incident.Ending.CONFIRMED
        return _("You confirmed that it works") if mine and confirmed else incident.get_ending_display()
    if mine and awaited is Awaited.REQUESTER:
        resolved = incident.status == Status.RESOLVED
        return _("Waiting for you: does it work again?") if resolved else _("Waiting for your answer")
    if awaited is Awaited.AGENT and incident.assignee:
        who = _("%(name)s is on it") if mine else _("Waiting for %(name)s")
        return who % {"name": incident.assignee.name}
    if awaited is Awaited.DATE and incident.hold_until:
        return _("Planned for %(date)s") % {"date": moment(incident.hold_until)}
    return _("Waiting for %(who)s") % {"who": words.AWAITED[awaited]}


def moment(at: Any) -> str:
    """A date and time in the reader's zone and language."""
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT") if at else ""


def happened(incident: Incident) -> str:
    """When it happened, and that nobody knows exactly where that is so."""
    text = moment(incident.occurred_at)
    return _("around %(time)s") % {"time": text} if incident.occurred_roughly else text


def steps(incident: Incident) -> list[dict[str, str]]:
    """The five steps a requester follows."""
    cancelled = incident.status == Status.CANCELLED
    last = _("Cancelled") if cancelled else _("Closed")
    labels = [_("Logged"), _("Classified"), _("Investigating"), _("Resolved"), last]
    if cancelled:  # what lies between was left out
        came = [True, incident.classified_at, incident.assignee_id, False, True]
        states = ["done" if step else "todo" for step in came]
    else:
        reached = _reached(incident)
        states = ["done" if n < reached else "current" if n == reached else "todo" for n in range(5)]
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=True)]


def _reached(incident: Incident) -> int:
    if incident.status == Status.CLOSED:
        return 5
    if incident.status == Status.RESOLVED:
        return 3
    if incident.status != Status.NEW:
        return 2
    return 1 if incident.classified_at else 0


def portal_row(incident: Incident, member: Member) -> dict[str, Any]:
    """One line of "my incidents"."""
    return {
        "number": incident.label,
        "title": incident.title,
        "url": reverse("incidents:portal-incident", args=[incident.number]),
        "status": incident.status,
        "waiting_for": waiting_for(incident, mine=incident.reporter_id == member.id),
        "reported_at": incident.reported_at,
        "service_name": incident.service.name if incident.service else "",
        "reporter_name": "" if incident.reporter_id == member.id else incident.reporter.name,
    }


def portal_facts(incident: Incident) -> list[dict[str, str]]:
    """The details that the requester's side may know."""
    return _facts(
        (_("Service"), incident.service.name if incident.service else ""),
        (_("Priority"), _("%(priority)s (P1 is the most urgent)") % {"priority": incident.priority}),
        (_("Reported by"), incident.reporter.name),
        (_("Reported"), moment(incident.reported_at)),
        (_("Happened"), happened(incident)),
        (_("Error code"), incident.error_code),
        (_("Looked after by"), incident.assignee.name if incident.assignee else _("nobody yet")),
        (_("Team"), incident.team.name if incident.team else ""),
    )


def _facts(*pairs: tuple[Any, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in pairs if value]


def file_facts(files: Iterable[Attachment]) -> list[dict[str, Any]]:
    """Attachments as chips."""
    return [
        {
            "name": file.name,
            "size": file.size,
            "url": reverse("incidents:file", args=[file.uuid]),
            "scan": file.scan,
            "kind_label": file.get_kind_display(),
        }
        for file in files
    ]


def conversation(said: Iterable[Said], member: Member | None) -> list[dict[str, Any]]:
    """The entries of a conversation."""
    return [_message(one, member) for one in said if one.entry is None or public_event(one.entry)]


def _message(one: Said, member: Member | None) -> dict[str, Any]:
    if one.entry is not None:
        return {"kind": "system", "at": one.at, "body": public_event(one.entry)}
    kind = "internal" if one.internal else one.kind if one.kind in SHOWN_AS else "public"
    return {
        "kind": kind,
        "at": one.at,
        "body": one.text,
        "author_name": one.author.name if one.author else "",
        "author_initials": one.author.initials if one.author else "",
        "mine": bool(member and one.author and one.author.pk == member.id),
        "files": file_facts(one.files),
    }
