"""What a problem brings to the incidents that it causes, many at once: a workaround, its fix, word of its end.

For the room above, which decides what is brought to which; whoever calls holds the incidents' locks and has asked for
the right. Each is a step of the incident like a verb: with its trail entry, clocks, timer, and the people who are told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from incidents.actions import timing, waiting
from incidents.actions.round import Round
from incidents.actions.working import pausing
from incidents.lifecycle import HoldReason, Status, Verb
from incidents.models import Incident, Message
from tenancy.wall import insert_all

ADVISED, NOTED, RESOLVED, UNDONE = "incident.advised", "incident.noted", "incident.resolved", "incident.fix_undone"


def advise(together: Round, incidents: Iterable[Incident], *, text: str, once: str, more: Mapping[str, Any]) -> None:
    """Tell a workaround in public; whom several incidents concern gets one mail for all that is ``once`` the same.

    ``more`` are the mail's facts.
    """
    for incident, message in _say(together, incidents, text, Message.Kind.WORKAROUND):
        facts = {"message_id": message.pk}
        together.turned(
            together.happened(ADVISED, incident, facts, event="incident_advised", message=message, once=once, more=more)
        )


def inform(together: Round, incidents: Iterable[Incident], *, text: str, more: Mapping[str, Any]) -> None:
    """Leave an internal note, and tell the agent that the cause has ended; ``more`` are the mail's facts."""
    for incident, message in _say(together, incidents, text, Message.Kind.NOTE):
        together.happened(NOTED, incident, {"message_id": message.pk}, event="incident_cause_ended", more=more)


def solve(together: Round, incidents: Iterable[Incident], *, text: str, tested_how: str) -> None:
    """Resolve them, as what they waited for is fixed; each reporter is asked to confirm."""
    for incident, message in _say(together, incidents, text, Message.Kind.SOLUTION):
        changed = together.change(
            incident,
            status=Status.RESOLVED.value,
            hold_reason="",
            hold_until=None,
            resolution_code=Incident.Resolution.FIXED.value,
            resolved_by_id=together.actor.id if together.actor else None,
            resolved_at=together.at,
        )
        rewritten = {"resolution_note": text, "tested_how": tested_how}
        together.change(incident, **rewritten)
        changed |= _foreseen(together, incident, Verb.RESOLVE)
        facts = {"changed": changed, "rewritten": sorted(rewritten), "message_id": message.pk}
        together.turned(together.happened(RESOLVED, incident, facts, event="incident_resolved", message=message))


def take_back(together: Round, incidents: Iterable[Incident], *, text: str) -> None:
    """Let what was resolved by a problem's fix wait for it again; the reporters read why."""
    for incident, message in _say(together, incidents, text, Message.Kind.REASON):
        changed = together.change(
            incident,
            status=Status.ON_HOLD.value,
            hold_reason=HoldReason.PROBLEM.value,
            resolution_code="",
            resolved_by_id=None,
            resolved_at=None,
        )
        changed |= _foreseen(together, incident, Verb.HOLD)
        facts = {"changed": changed, "message_id": message.pk, **pausing(HoldReason.PROBLEM)}
        together.turned(together.happened(UNDONE, incident, facts, event="incident_reopened", message=message))


def settle(together: Round) -> None:
    """Write all of it."""
    timing.settle(together)


def _say(
    together: Round, incidents: Iterable[Incident], text: str, kind: Message.Kind
) -> Iterable[tuple[Incident, Message]]:
    incidents = list(incidents)
    said = [
        Message(
            incident=incident,
            kind=kind,
            internal=kind is Message.Kind.NOTE,
            author_id=together.actor.id if together.actor else None,
            from_staff=True,
            text=text,
            at=together.at,
        )
        for incident in incidents
    ]
    insert_all(said)
    return zip(incidents, said, strict=True)


def _foreseen(together: Round, incident: Incident, verb: Verb) -> dict[str, list[Any]]:
    """What silence will bring, worked out as after a verb."""
    names = ("remind_at", "closes_at", "reminded_at")
    before = {name: getattr(incident, name) for name in names}
    waiting.foresee(incident, verb, together.at)
    after = {name: getattr(incident, name) for name in names}
    for name, value in before.items():
        setattr(incident, name, value)
    return together.change(incident, **after)
