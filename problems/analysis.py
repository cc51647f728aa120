"""The tree of whys: what a statement is about, what it stands on, and how it hangs below others. Pure, no framework."""

from collections.abc import Mapping
from enum import StrEnum, auto
from urllib.parse import urlsplit

# What a page can show, and a person can follow.
MOST, DEEPEST = 200, 20


class Branch(StrEnum):
    """The bones of the fish: where a cause lies."""

    PEOPLE = auto()
    PROCESS = auto()
    TECHNOLOGY = auto()
    SUPPLIER = auto()
    ENVIRONMENT = auto()


class Belief(StrEnum):
    """What is thought of a statement."""

    OPEN = auto()
    CONFIRMED = auto()
    RULED_OUT = auto()


class Kind(StrEnum):
    """What evidence is."""

    INCIDENT = auto()
    LINK = auto()
    MEASUREMENT = auto()
    FILE = auto()


class Loss(StrEnum):
    """What a statement loses with a piece of evidence."""

    NOTHING = auto()
    JUDGEMENT = auto()
    """It is open again."""
    CAUSE = auto()
    """It is open again, and the root cause is not known any more."""


def loss(belief: Belief, *, is_cause: bool, has_reason: bool, has_more: bool) -> Loss:
    """What goes with a piece of evidence: what nothing shows is not confirmed, and ruled out by a reason only."""
    if has_more or belief is Belief.OPEN or (belief is Belief.RULED_OUT and has_reason):
        return Loss.NOTHING
    return Loss.CAUSE if is_cause else Loss.JUDGEMENT


# Which statement each one answers the why of; none: it stands at the top.
Tree = Mapping[int, int | None]


def chain(tree: Tree, one: int) -> list[int]:
    """The whys that lead to a statement, from the top down to itself; it ends where one is not in the tree."""
    found: list[int] = []
    place: int | None = one
    while place is not None and place in tree and place not in found:
        found.append(place)
        place = tree[place]
    return found[::-1]


def fits(tree: Tree, one: int | None, parent: int) -> bool:
    """Whether a statement (none: a new one) may hang there: not below itself, and not too deep."""
    above = chain(tree, parent)
    return one not in above and len(above) + _height(tree, one) <= DEEPEST


def _height(tree: Tree, one: int | None) -> int:
    """How many floors a statement has with what hangs below it."""
    if one is None:
        return 1
    lines = [chain(tree, each) for each in tree]
    return max((len(line) - line.index(one) for line in lines if one in line), default=1)


def is_web_address(text: str) -> bool:
    """Whether a browser may be led there: http or https, and a host."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
