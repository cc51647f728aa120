"""What may happen to an incident, who may do it and what it needs: one table. Pure, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto


class Status(StrEnum):
    """Where an incident stands."""

    NEW = auto()
    IN_PROGRESS = auto()
    ON_HOLD = auto()
    RESOLVED = auto()
    CLOSED = auto()
    CANCELLED = auto()


class HoldReason(StrEnum):
    """What an incident on hold waits for."""

    REQUESTER = auto()
    SUPPLIER = auto()
    PROBLEM = auto()
    CHANGE = auto()
    SCHEDULED = auto()


class Clock(StrEnum):
    """What the SLA clock does."""

    RUNS = auto()
    PAUSES = auto()
    STOPPED = auto()


class Party(StrEnum):
    """On which side of the desk a verb is spoken."""

    STAFF = auto()
    REPORTER = auto()
    REQUESTERS = auto()
    """The reporter, those affected and the participants."""


class Verb(StrEnum):
    """Everything that can be done to an incident once it is reported."""

    TAKE = auto()
    ACKNOWLEDGE = auto()
    ASSIGN = auto()
    ROUTE = auto()
    CLASSIFY = auto()
    OVERRIDE = auto()
    RESET = auto()
    RESTRICT = auto()
    UNRESTRICT = auto()
    HOLD = auto()
    RESUME = auto()
    RESOLVE = auto()
    REOPEN = auto()
    CLOSE = auto()
    CANCEL = auto()
    REPLY = auto()
    NOTE = auto()
    SUSPECT = auto()
    CONCLUDE = auto()
    DIAGNOSE = auto()
    REFER = auto()
    INVOLVE = auto()
    RELEASE = auto()
    COMMENT = auto()
    ANSWER = auto()
    WITHDRAW = auto()
    CONFIRM = auto()
    REJECT = auto()
    CONTEST = auto()


OPEN = frozenset({Status.NEW, Status.IN_PROGRESS, Status.ON_HOLD})
FINAL = frozenset({Status.CLOSED, Status.CANCELLED})


def _stay(*statuses: Status) -> dict[Status, Status]:
    return {status: status for status in statuses}


def _to(target: Status, *sources: Status) -> dict[Status, Status]:
    return dict.fromkeys(sources, target)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from where to where, by whom, and the facts without which it is refused."""

    targets: Mapping[Status, Status]
    permission: str
    party: Party = Party.STAFF
    needs: frozenset[str] = field(default=frozenset())


_OPEN = tuple(status for status in Status if status in OPEN)
_LIVING = (*_OPEN, Status.RESOLVED)

MOVES: dict[Verb, Move] = {
    # assignment: "in progress" means that somebody has it, see `target`; so it is assigned anew, not taken
    Verb.TAKE: Move(_to(Status.IN_PROGRESS, Status.NEW) | _stay(Status.ON_HOLD), "incident.work"),
    # seen, and looked after: what is told until somebody answers is told no more; taking it says so, too
    Verb.ACKNOWLEDGE: Move(_stay(*_OPEN), "incident.work"),
    Verb.ASSIGN: Move(
        _to(Status.IN_PROGRESS, Status.NEW, Status.IN_PROGRESS) | _stay(Status.ON_HOLD),
        "incident.assign",
        needs=frozenset({"assignee"}),
    ),
    Verb.ROUTE: Move(_stay(*_OPEN), "incident.assign", needs=frozenset({"team"})),
    # classification
    Verb.CLASSIFY: Move(_stay(*_LIVING), "incident.classify"),
    Verb.OVERRIDE: Move(_stay(*_OPEN), "incident.override_priority", needs=frozenset({"priority", "reason"})),
    Verb.RESET: Move(_stay(*_OPEN), "incident.override_priority"),
    Verb.RESTRICT: Move(_stay(*Status), "incident.restrict", needs=frozenset({"team"})),
    Verb.UNRESTRICT: Move(_stay(*Status), "incident.restrict"),
    # work
    Verb.HOLD: Move(_to(Status.ON_HOLD, *_OPEN), "incident.work", needs=frozenset({"reason"})),
    Verb.RESUME: Move(_to(Status.IN_PROGRESS, Status.ON_HOLD), "incident.work"),
    Verb.RESOLVE: Move(
        _to(Status.RESOLVED, *_OPEN),
        "incident.work",
        needs=frozenset({"resolution code", "note", "how it was tested"}),
    ),
    Verb.REOPEN: Move(_to(Status.IN_PROGRESS, Status.RESOLVED), "incident.work", needs=frozenset({"reason"})),
    Verb.CLOSE: Move(_to(Status.CLOSED, Status.RESOLVED), "incident.close", needs=frozenset({"reason"})),
    Verb.CANCEL: Move(_to(Status.CANCELLED, *_OPEN), "incident.cancel", needs=frozenset({"reason"})),
    # the conversation, and the investigation
    Verb.REPLY: Move(_stay(*_LIVING), "incident.reply", needs=frozenset({"text"})),
    Verb.NOTE: Move(_stay(*Status), "incident.note", needs=frozenset({"text"})),
    Verb.SUSPECT: Move(_stay(*_LIVING), "incident.work", needs=frozenset({"suspicion"})),
    Verb.CONCLUDE: Move(_stay(*_LIVING), "incident.work", needs=frozenset({"outcome"})),
    Verb.DIAGNOSE: Move(_stay(*_LIVING), "incident.work", needs=frozenset({"root cause"})),
    Verb.REFER: Move(_stay(*Status), "incident.work", needs=frozenset({"reference"})),
    Verb.INVOLVE: Move(_stay(*_LIVING), "incident.work", needs=frozenset({"person"})),
    Verb.RELEASE: Move(_stay(*_LIVING), "incident.work", needs=frozenset({"person"})),
    # the requester's side
    Verb.COMMENT: Move(_stay(*_LIVING), "incident.report", Party.REQUESTERS, frozenset({"text"})),
    Verb.ANSWER: Move(
        _to(Status.IN_PROGRESS, Status.ON_HOLD), "incident.report", Party.REQUESTERS, frozenset({"text"})
    ),
    Verb.WITHDRAW: Move(_to(Status.CANCELLED, *_OPEN), "incident.report", Party.REPORTER),
    Verb.CONFIRM: Move(_to(Status.CLOSED, Status.RESOLVED), "incident.report", Party.REPORTER),
    Verb.REJECT: Move(
        _to(Status.IN_PROGRESS, Status.RESOLVED),
        "incident.report",
        Party.REPORTER,
        frozenset({"what is still broken"}),
    ),
    Verb.CONTEST: Move(
        _to(Status.IN_PROGRESS, Status.CLOSED, Status.CANCELLED),
        "incident.report",
        Party.REPORTER,
        frozenset({"what is not so"}),
    ),
}


class Refused(Exception):
    """The move is not possible now; ``verb``, ``status`` and ``missing`` say why, `incidents.words` to people."""

    def __init__(self, verb: Verb, status: Status, missing: frozenset[str] = frozenset(), because: str = "") -> None:
        self.verb = verb
        self.status = status
        self.missing = missing
        self.because = because
        super().__init__(because or f"cannot {verb} an incident that is {status}")


def target(verb: Verb, status: Status, *, given: frozenset[str] = frozenset(), assigned: bool = True) -> Status:
    """Return the status after the verb, or raise `Refused`.

    ``given`` are the facts at hand, ``assigned`` whether somebody has the incident afterwards: work in progress
    that nobody has is new again.
    """
    move = MOVES[verb]
    if status not in move.targets:
        raise Refused(verb, status)
    if missing := move.needs - given:
        raise Refused(verb, status, missing)
    after = move.targets[status]
    return Status.NEW if after is Status.IN_PROGRESS and not assigned else after


def verbs_from(status: Status, *parties: Party) -> list[Verb]:
    """Return the verbs that the table knows from here, for these sides of the desk, in the table's order."""
    return [verb for verb, move in MOVES.items() if status in move.targets and move.party in parties]


_PAUSING = frozenset({HoldReason.REQUESTER, HoldReason.SUPPLIER, HoldReason.SCHEDULED})


def clock(status: Status, hold_reason: HoldReason | None = None) -> Clock:
    """What the SLA clock does in this status; on hold the reason decides."""
    if status is Status.RESOLVED or status in FINAL:
        return Clock.STOPPED
    if status is Status.ON_HOLD and hold_reason in _PAUSING:
        return Clock.PAUSES
    return Clock.RUNS


class Awaited(StrEnum):
    """Who moves next."""

    DESK = auto()
    AGENT = auto()
    REQUESTER = auto()
    SUPPLIER = auto()
    PROBLEM = auto()
    CHANGE = auto()
    DATE = auto()
    NOBODY = auto()


def awaited(status: Status, hold_reason: HoldReason | None = None) -> Awaited:
    """Who or what an incident waits for."""
    match status:
        case Status.NEW:
            return Awaited.DESK
        case Status.IN_PROGRESS:
            return Awaited.AGENT
        case Status.ON_HOLD if hold_reason is HoldReason.SCHEDULED:
            return Awaited.DATE
        case Status.ON_HOLD if hold_reason:
            return Awaited(hold_reason.value)
        case Status.RESOLVED:
            return Awaited.REQUESTER
    return Awaited.NOBODY
