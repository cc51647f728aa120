"""What may happen to a problem, who may do it and what it needs: one table. Pure, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, auto


class Status(StrEnum):
    """Where a problem stands."""

    NEW = auto()
    ASSESSED = auto()
    INVESTIGATING = auto()
    FIXING = auto()
    RESOLVED = auto()
    CLOSED = auto()


class Code(StrEnum):
    """How a problem ended."""

    FIX_APPLIED = auto()
    RISK_ACCEPTED = auto()
    DUPLICATE = auto()
    CANCELLED = auto()


class Verb(StrEnum):
    """Everything that can be done to a problem once it is raised."""

    ASSESS = auto()
    APPOINT = auto()
    DESCRIBE = auto()
    INVESTIGATE = auto()
    STATE = auto()
    REWORD = auto()
    SUPPORT = auto()
    WITHDRAW = auto()
    JUDGE = auto()
    ADOPT = auto()
    ESTABLISH = auto()
    WORK_AROUND = auto()
    BROADCAST = auto()
    FIX = auto()
    APPLY = auto()
    UNDO = auto()
    ACCEPT = auto()
    MERGE = auto()
    CANCEL = auto()
    REOPEN = auto()
    CLOSE = auto()
    LINK = auto()
    UNLINK = auto()
    NOTE = auto()
    ATTACH = auto()
    PLAN = auto()
    TICK = auto()
    REVIEW = auto()
    WATCH = auto()
    UNWATCH = auto()


OPEN = frozenset({Status.NEW, Status.ASSESSED, Status.INVESTIGATING, Status.FIXING})
_OPEN = tuple(status for status in Status if status in OPEN)
_LIVING = (*_OPEN, Status.RESOLVED)


def _stay(*statuses: Status) -> dict[Status, Status]:
    return {status: status for status in statuses}


def _to(target: Status, *sources: Status) -> dict[Status, Status]:
    return dict.fromkeys(sources, target)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: from where to where, by whom, and the facts without which it is refused."""

    targets: Mapping[Status, Status]
    permission: str
    needs: frozenset[str] = field(default=frozenset())


# Whoever says what is true of the cause is looking for it: no root cause is known of a problem that is new.
_BEGUN = _to(Status.INVESTIGATING, Status.NEW, Status.ASSESSED)

# Whoever coordinates a problem may do with it what needs this, whatever their roles; see `tenancy.roles`.
WORK = "problem.work"
DECIDE = "problem.decide"
CONTRIBUTE = "problem.contribute"

MOVES: dict[Verb, Move] = {
    # how bad it is, and whose it is
    Verb.ASSESS: Move(_stay(*_OPEN) | _to(Status.ASSESSED, Status.NEW), WORK, needs=frozenset({"impact", "urgency"})),
    Verb.APPOINT: Move(_stay(*_LIVING), DECIDE),
    Verb.DESCRIBE: Move(_stay(*_LIVING), WORK, needs=frozenset({"title"})),
    # finding the cause
    Verb.INVESTIGATE: Move(_to(Status.INVESTIGATING, Status.NEW, Status.ASSESSED, Status.FIXING), WORK),
    Verb.STATE: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"statement"})),
    Verb.REWORD: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"statement"})),
    Verb.SUPPORT: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"evidence"})),
    Verb.WITHDRAW: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"reason"})),
    Verb.JUDGE: Move(_stay(*_LIVING) | _BEGUN, WORK, needs=frozenset({"judgement"})),
    Verb.ADOPT: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"hypothesis"})),
    Verb.ESTABLISH: Move(_stay(*_OPEN) | _BEGUN, WORK, needs=frozenset({"cause", "evidence", "confirmed statement"})),
    # helping those who wait
    Verb.WORK_AROUND: Move(_stay(*_OPEN), WORK, needs=frozenset({"workaround"})),
    Verb.BROADCAST: Move(_stay(*_OPEN), WORK, needs=frozenset({"workaround"})),
    # the end, in one of four ways
    Verb.FIX: Move(_to(Status.FIXING, Status.NEW, Status.ASSESSED, Status.INVESTIGATING), WORK),
    Verb.APPLY: Move(_to(Status.RESOLVED, *_OPEN), WORK, needs=frozenset({"note", "how it was tested"})),
    # back to where it stood, see `target`
    Verb.UNDO: Move(_to(Status.FIXING, Status.RESOLVED), WORK),
    Verb.ACCEPT: Move(_to(Status.CLOSED, *_OPEN), DECIDE, needs=frozenset({"reason"})),
    Verb.MERGE: Move(_to(Status.CLOSED, *_OPEN), DECIDE, needs=frozenset({"problem that goes on"})),
    Verb.CANCEL: Move(_to(Status.CLOSED, *_OPEN), DECIDE, needs=frozenset({"reason"})),
    Verb.CLOSE: Move(_to(Status.CLOSED, Status.RESOLVED), DECIDE, needs=frozenset({"reason"})),
    Verb.REOPEN: Move(_to(Status.INVESTIGATING, Status.RESOLVED, Status.CLOSED), DECIDE, needs=frozenset({"reason"})),
    # what belongs to it
    Verb.LINK: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"incident"})),
    Verb.UNLINK: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"incident"})),
    Verb.NOTE: Move(_stay(*Status), CONTRIBUTE, needs=frozenset({"text"})),
    Verb.ATTACH: Move(_stay(*Status), CONTRIBUTE, needs=frozenset({"file"})),
    Verb.PLAN: Move(_stay(*_LIVING), CONTRIBUTE, needs=frozenset({"task"})),
    Verb.TICK: Move(_stay(*_LIVING), CONTRIBUTE),
    Verb.REVIEW: Move(_stay(*_LIVING), WORK, needs=frozenset({"date"})),
    Verb.WATCH: Move(_stay(*Status), CONTRIBUTE),
    Verb.UNWATCH: Move(_stay(*Status), CONTRIBUTE),
}


class Refused(Exception):
    """The move is not possible now; ``verb``, ``status`` and ``missing`` say why, `problems.words` to people."""

    def __init__(self, verb: Verb, status: Status, missing: frozenset[str] = frozenset(), because: str = "") -> None:
        self.verb = verb
        self.status = status
        self.missing = missing
        self.because = because
        super().__init__(because or f"cannot {verb} a problem that is {status}")


def target(verb: Verb, status: Status, *, given: frozenset[str] = frozenset()) -> Status:
    """Return the status after the verb, or raise `Refused`; ``given`` are the facts at hand."""
    move = MOVES[verb]
    if status not in move.targets:
        raise Refused(verb, status)
    if missing := move.needs - given:
        raise Refused(verb, status, missing)
    return move.targets[status]


def verbs_from(status: Status) -> list[Verb]:
    """Return the verbs that the table knows from here, in the table's order."""
    return [verb for verb, move in MOVES.items() if status in move.targets]
