"""Who is told when nothing happens: the steps of a policy, and which of them are due. Pure: no framework, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

# So long the last one who was told has to answer, before everybody at the desk sees that nobody did.
ANSWER_WITHIN = timedelta(minutes=10)
LONGEST = 60 * 24 * 90
MOST_STEPS, MOST_TIMES, HIGHEST_LEVEL = 20, 50, 9


class From(StrEnum):
    """What a step's offset is counted from: minutes from the start, or the percentage of a clock."""

    START = auto()
    RESPONSE = auto()
    UPDATE = auto()
    RESOLUTION = auto()


class Until(StrEnum):
    """What stops a step."""

    ACKNOWLEDGED = auto()
    RESOLVED = auto()


class Who(StrEnum):
    """Whom a step can tell."""

    ASSIGNEE = auto()
    TEAM = auto()
    TEAM_LEAD = auto()
    ON_DUTY = auto()
    ROLE = auto()
    PERSON = auto()
    WATCHERS = auto()
    STAKEHOLDERS = auto()


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody to be told; ``which`` is the name of a role, or the id of a person."""

    who: Who
    which: str | int = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What happens ``after`` so many minutes from the start, or percent of a clock, unless it was stopped.

    It tells people, raises the level to at least ``level``, moves the record to a team, proposes a major incident. It
    takes place ``times`` times, ``every`` so many minutes.
    """

    after: int
    of: From = From.START
    until: Until = Until.ACKNOWLEDGED
    tell: tuple[Target, ...] = ()
    level: int = 0
    team: int | None = None
    major: bool = False
    times: int = 1
    every: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """How the record stands: since when the steps count, and what of them still holds.

    ``reached`` says when a clock has or will have come to a percentage: none while it pauses. What is not in it never
    comes: the clock has stopped, or there is none.
    """

    started_at: datetime
    is_open: bool = True
    is_acknowledged: bool = False
    reached: Mapping[tuple[From, int], datetime | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fired:
    """How often a step has taken place, and when it last did."""

    count: int = 0
    last: datetime | None = None


NEVER = Fired()


@dataclass(frozen=True, slots=True)
class Plan:
    """Which steps take place now, in this order; or else when to look again, and whether all were in vain."""

    due: tuple[int, ...] = ()
    next_at: datetime | None = None
    is_unanswered: bool = False


def plan(steps: Sequence[Step], facts: Facts, fired: Sequence[Fired], now: datetime) -> Plan:
    """Decide what to do now. A step that should have repeated meanwhile does so once, and goes on from there."""
    moments = [(index, _moment(step, facts, fired[index])) for index, step in enumerate(steps)]
    known = [(at, index) for index, at in moments if at is not None]
    if due := sorted((at, index) for at, index in known if at <= now):
        return Plan(tuple(index for _at, index in due))
    vain_at = _in_vain_at(steps, facts, fired)
    to_come = [at for at, _index in known] + [vain_at] * bool(vain_at and vain_at > now)
    return Plan((), min(filter(None, to_come), default=None), bool(vain_at and vain_at <= now))


def following(steps: Sequence[Step], facts: Facts, fired: Sequence[Fired], index: int) -> int | None:
    """The step that takes place at once because this one reached nobody: the next that has not taken place yet."""
    for after in range(index + 1, len(steps)):
        if not fired[after].count and holds(steps[after], facts):
            return after
    return None


def holds(step: Step, facts: Facts) -> bool:
    """Whether nothing has stopped the step."""
    return facts.is_open and not (step.until is Until.ACKNOWLEDGED and facts.is_acknowledged)


def _moment(step: Step, facts: Facts, fired: Fired) -> datetime | None:
    """When it takes place next; none: never, or nobody knows yet."""
    if not holds(step, facts) or fired.count >= step.times:
        return None
    if fired.last is not None:
        return fired.last + timedelta(minutes=step.every)
    if step.of is From.START:
        return facts.started_at + timedelta(minutes=step.after)
    return facts.reached.get((step.of, step.after))


def _in_vain_at(steps: Sequence[Step], facts: Facts, fired: Sequence[Fired]) -> datetime | None:
    """When it is certain that nobody answers: all that asks for an answer took place, and some time has passed."""
    asking = [(step, one) for step, one in zip(steps, fired, strict=True) if step.until is Until.ACKNOWLEDGED]
    if not facts.is_open or facts.is_acknowledged or any(_is_to_come(step, facts, one) for step, one in asking):
        return None
    last = max((one.last for _step, one in asking if one.last), default=None)
    return last + ANSWER_WITHIN if last else None


def _is_to_come(step: Step, facts: Facts, fired: Fired) -> bool:
    if fired.count:
        return fired.count < step.times
    return step.of is From.START or (step.of, step.after) in facts.reached


def foreseen(
    steps: Sequence[Step], facts: Facts, fired: Sequence[Fired] = ()
) -> list[tuple[datetime | None, int, int]]:
    """What would happen if nobody did anything: (when, step, cycle), in order; a time that nobody knows stands last."""
    fired = fired or [NEVER] * len(steps)
    found: list[tuple[datetime | None, int, int]] = []
    for index, step in enumerate(steps):
        done = fired[index]
        at = _moment(step, facts, done)
        if at is None and not (holds(step, facts) and step.of is not From.START and not done.count):
            continue
        for more in range(step.times - done.count):
            found.append((at and at + timedelta(minutes=step.every * more), index, done.count + more + 1))
    return sorted(found, key=lambda one: (one[0] is None, one[0] or facts.started_at, one[1], one[2]))


# --- as an edition keeps it
def read(kept: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """Steps from what is kept; raises ValueError for what makes no sense."""
    return tuple(_step(one) for one in kept)


def _step(kept: Mapping[str, Any]) -> Step:
    step = Step(
        after=int(kept["after"]),
        of=From(kept.get("of", From.START)),
        until=Until(kept.get("until", Until.ACKNOWLEDGED)),
        tell=tuple(Target(Who(who), *which) for who, *which in kept.get("tell", ())),
        level=int(kept.get("level", 0)),
        team=kept.get("team"),
        major=bool(kept.get("major", False)),
        times=int(kept.get("times", 1)),
        every=int(kept.get("every", 0)),
    )
    if not 0 <= step.after <= LONGEST or not 1 <= step.times <= MOST_TIMES or not 0 <= step.level <= HIGHEST_LEVEL:
        raise ValueError(f"a step out of bounds: {kept}")
    if step.times > 1 and not 1 <= step.every <= LONGEST:
        raise ValueError(f"a step that repeats without a pause: {kept}")
    return step


def written(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps as they are kept: what is as usual is left out."""
    usual = Step(after=-1)
    return [
        {
            name: [[one.who.value, *([one.which] if one.which != "" else [])] for one in value]
            if name == "tell"
            else value
            for name in Step.__slots__
            if (value := getattr(step, name)) != getattr(usual, name)
        }
        for step in steps
    ]
