"""When an organisation of the demo is open, and what it promises, as it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hours:
    """A calendar: what opens on which weekdays, Monday being 0."""

    name: str
    days: Mapping[int, str]


@dataclass(frozen=True)
class Vow:
    """What is promised: for a service or for all, in whose hours; a line for each priority.

    A line has the first answer, how often there is news, and the solution: "15 min, 1 h, 4 h, always".
    """

    name: str
    lines: Mapping[str, str]
    service: str = ""
    hours: str = ""


@dataclass(frozen=True)
class Promising:
    """All of it; the first hours are the usual ones, and the vow without a service replaces the one at the start."""

    hours: tuple[Hours, ...]
    holidays: str
    """An iCal file, as a town or a country offers one."""
    vows: tuple[Vow, ...]
