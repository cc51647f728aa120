"""How urgent an incident is for the organisation: impact x urgency, raised by a high risk. Pure."""

from collections.abc import Mapping
from enum import StrEnum, auto


class Impact(StrEnum):
    """Whom it hits, widest first."""

    ORGANISATION = auto()
    DEPARTMENT = auto()
    GROUP = auto()
    PERSON = auto()


class Urgency(StrEnum):
    """How soon it hurts."""

    CRITICAL = auto()
    HIGH = auto()
    MEDIUM = auto()
    LOW = auto()


class Risk(StrEnum):
    """How likely it gets worse."""

    HIGH = auto()
    MEDIUM = auto()
    LOW = auto()


class Severity(StrEnum):
    """How badly the service itself is broken; it decides nothing alone."""

    DOWN = auto()
    DEGRADED = auto()
    MINOR = auto()


class Priority(StrEnum):
    """What comes first: P1 before P5."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"


Matrix = Mapping[str, Mapping[str, str]]
"""Impact to urgency to priority, as words: the shape in which an organisation keeps it."""


def _row(*priorities: str) -> dict[str, str]:
    return {urgency.value: priority for urgency, priority in zip(Urgency, priorities, strict=True)}


DEFAULT_MATRIX: dict[str, dict[str, str]] = {
    Impact.ORGANISATION.value: _row("P1", "P1", "P2", "P3"),
    Impact.DEPARTMENT.value: _row("P1", "P2", "P3", "P4"),
    Impact.GROUP.value: _row("P2", "P3", "P3", "P4"),
    Impact.PERSON.value: _row("P3", "P3", "P4", "P5"),
}


def compute(matrix: Matrix, impact: Impact, urgency: Urgency, risk: Risk) -> Priority:
    """Return the matrix' priority; a high risk raises it by one step, no risk ever lowers it."""
    base = Priority(matrix[impact][urgency])
    order = list(Priority)
    return order[max(0, order.index(base) - 1)] if risk is Risk.HIGH else base


def is_complete(matrix: object) -> bool:
    """Whether every pair of impact and urgency has a known priority."""
    return isinstance(matrix, Mapping) and all(
        isinstance(matrix.get(impact), Mapping) and matrix[impact].get(urgency) in tuple(Priority)
        for impact in Impact
        for urgency in Urgency
    )
