"""An incident's trail as its clocks see it. Pure: entries go in, turns come out.

Whatever the organisation's rules said when something happened stands on the trail with it (`clock`, `anew`), so that
a clock read from the same trail is the same for ever, whatever the rules say today.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from incidents.lifecycle import Clock, HoldReason, Status, clock
from incidents.sla import Measure, Turn

REPORTED = "incident.reported"
RENEWED = "incident.promises_renewed"
# Staff's words that the reporter can read. What is said when it is held is one only if it is a question to them.
_WORDS = frozenset(
    {"incident.advised", "incident.fix_undone", "incident.replied", "incident.resolved", "incident.reopened"}
)
_HELD = "incident.held"
_GIVEN = frozenset({"incident.taken", "incident.assigned"})
# What can make a clock start, stop, count otherwise or promise something else.
KINDS = frozenset(
    {
        *_WORDS,
        *_GIVEN,
        _HELD,
        RENEWED,
        REPORTED,
        "incident.answered",
        "incident.cancelled",
        "incident.classified",
        "incident.closed",
        "incident.closed_by_silence",
        "incident.confirmed",
        "incident.contested",
        "incident.handed_over",
        "incident.priority_overridden",
        "incident.priority_reset",
        "incident.rejected",
        "incident.resumed",
        "incident.routed",
        "incident.withdrawn",
    }
)

SINCE_EVER = datetime.min.replace(tzinfo=UTC)
Entry = tuple[str, datetime, Mapping[str, Any]]
"""Kind, instant and facts of a trail entry."""


@dataclass
class History:
    """What happened so far."""

    status: Status = Status.NEW
    hold_reason: HoldReason | None = None
    service_id: int | None = None
    type_id: int | None = None
    priority: str = ""
    as_of: datetime = SINCE_EVER
    """From when the promises are: the report, a reopening that counts anew, or when newer ones were given to it."""
    answer_as_of: datetime = SINCE_EVER
    """From when that of a first answer is: one that was given already is measured by what was promised then."""
    is_answered: bool = False
    """The first answer was given since the report, or since it counts anew."""
    turns: list[Turn] = field(default_factory=list)

    def promised_at(self, measure: Measure) -> datetime:
        """From when this promise is."""
        return self.answer_as_of if measure is Measure.RESPONSE else self.as_of

    def promise(self, at: datetime) -> None:
        """Let what has not ended be promised as of now."""
        self.as_of = at
        if not self.is_answered:
            self.answer_as_of = at


def tell(entries: Iterable[Entry]) -> History:
    """Go through an incident's entries in their order, the report first."""
    history = History()
    for kind, at, facts in entries:
        _go_on(history, kind, at, facts)
    return history


def _go_on(history: History, kind: str, at: datetime, facts: Mapping[str, Any]) -> None:
    changed = {name: pair[1] for name, pair in facts.get("changed", {}).items()}
    for name, value in (facts if kind == REPORTED else changed).items():
        match name:
            case "status":
                history.status = Status(value)
            case "hold_reason":
                history.hold_reason = HoldReason(value) if value else None
            case "service_id" | "type_id" | "priority":
                setattr(history, name, value)
    turn = Turn(
        at=at,
        clock=_clock(history, kind, facts),
        word=kind in _WORDS or (kind == _HELD and history.hold_reason is HoldReason.REQUESTER),
        answered=kind in _GIVEN,
        anew=bool(facts.get("anew")),
        because=history.hold_reason or history.status,
    )
    history.is_answered = history.is_answered and not turn.anew
    if kind in (REPORTED, RENEWED) or turn.anew:
        history.promise(at)
    history.is_answered = history.is_answered or turn.word or turn.answered
    history.turns.append(turn)


def _clock(history: History, kind: str, facts: Mapping[str, Any]) -> Clock:
    if "clock" in facts:
        return Clock(facts["clock"])
    # Held once more for the same reason changes no field, but the rules may say something else by now.
    if history.turns and kind != _HELD and not {"status", "hold_reason"} & facts.get("changed", {}).keys():
        return history.turns[-1].clock
    return clock(history.status, history.hold_reason)
