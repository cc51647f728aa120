"""Alternating slices and what becomes of them: medians, ranges and ratios."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Slice = Callable[[], float]


@dataclass
class Figure:
    """One line of the table. ``first`` and ``second`` are rates a second, slice by slice; their quotients decide."""

    letter: str
    what: str
    first: list[float]
    second: list[float]
    aim: float
    at_least: bool = True
    unit: str = "of the bare rate"

    @property
    def ratios(self) -> list[float]:
        """Slice by slice: only neighbours are compared, for the machine's mood changes."""
        return [one / other for one, other in zip(self.first, self.second, strict=True)]

    @property
    def ratio(self) -> float:
        """The middle one."""
        return median(self.ratios)

    @property
    def is_met(self) -> bool:
        """Whether the aim is reached."""
        return self.ratio >= self.aim if self.at_least else self.ratio <= self.aim

    def as_facts(self) -> dict[str, Any]:
        """For the file."""
        return {**asdict(self), "ratios": self.ratios, "ratio": self.ratio, "met": self.is_met}


@dataclass
class Count:
    """A line with one number against a limit."""

    letter: str
    what: str
    value: float
    aim: float
    unit: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        """Whether it keeps to the limit."""
        return self.value <= self.aim

    def as_facts(self) -> dict[str, Any]:
        """For the file."""
        return {**asdict(self), "met": self.is_met}


Line = Figure | Count


def alternate(first: Slice, second: Slice, rounds: int) -> tuple[list[float], list[float]]:
    """Measure both by turns, and change who begins."""
    firsts: list[float] = []
    seconds: list[float] = []
    for turn in range(rounds):
        for one, kept in ((first, firsts), (second, seconds))[:: -1 if turn % 2 else 1]:
            kept.append(one())
    return firsts, seconds


def as_text(line: Line) -> str:
    """One line of the table."""
    verdict = "met" if line.is_met else "NOT MET"
    if isinstance(line, Count):
        return f"({line.letter}) {line.what:<44} {line.value:>8.3g} {line.unit:<34} aim {line.aim:g}: {verdict}"
    low, high = min(line.ratios), max(line.ratios)
    sign = ">=" if line.at_least else "<="
    return (
        f"({line.letter}) {line.what:<44} {line.ratio:>8.3f} {line.unit} ({low:.3f}-{high:.3f}), "
        f"{median(line.first):.0f}/s beside {median(line.second):.0f}/s, aim {sign} {line.aim:g}: {verdict}"
    )
