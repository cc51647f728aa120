"""What a person reads: the table of what was counted, what was broken, and the verdict."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from config.chaos.counting import Count, lates, quantile
from config.chaos.journal import read

HEAD = f"\n{'':<26}{'due':>7}{'fired':>7}{'lost':>6}{'doubled':>9}{'copied':>8}{'late p50':>11}{'p99':>8}{'max':>8}"


def table(counts: Iterable[Count]) -> str:
    """One line for each kind of promise."""
    return "\n".join([HEAD, *map(_line, counts)])


def _line(count: Count) -> str:
    late = "".join(f"{value:>{width}.2f}" for value, width in zip(_late(count), (11, 8, 8), strict=False))
    numbers = f"{count.due:>7}{count.fired:>7}{len(count.lost):>6}{len(count.doubled):>9}{count.copied:>8}"
    return f"{count.what:<26}{numbers}{late}"


def _late(count: Count) -> Sequence[float]:
    late = lates(count)
    return (quantile(late, 0.5), quantile(late, 0.99), late[-1]) if late else ()


def broken(home: Path) -> str:
    """What was really broken, and how the house bore it."""
    kills = Counter(told["name"] for told in read(home / "faults.jsonl", "kill"))
    crashes = sum(1 for _told in read(home / "faults.jsonl", "crash"))
    broker = Counter(told["way"] for told in read(home / "faults.jsonl", "broker"))
    mail = Counter(told["way"] for told in read(home / "sink.jsonl", "fault"))
    ended = Counter(told["name"] for told in read(home / "faults.jsonl", "ended by itself"))
    lines = [
        f"\nbroken: {kills.total()} kills ({_listed(kills)}), {crashes} x PostgreSQL, "
        f"{broker.total()} x broker ({_listed(broker)}),\n        {mail.total()} x mail server ({_listed(mail)})"
    ]
    lines += [f"ended by themselves: {_listed(ended)}"] * bool(ended)
    return "\n".join([*lines, _visits(home)])


def _visits(home: Path) -> str:
    answers = list(read(home / "load.jsonl", "answered"))
    took = sorted(told["took"] for told in answers)
    again = sum(told["tries"] > 1 for told in answers)
    return (
        f"load: {len(answers)} deeds, {again} of them asked for more than once; an answer took "
        f"{quantile(took, 0.5):.2f} s (p50), {quantile(took, 0.99):.2f} s (p99), {took[-1] if took else 0:.2f} s (max)"
    )


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items()))


def verdict(wrong: Sequence[str], caught_up_after: float | None) -> str:
    """The end of it."""
    if wrong:
        return "\n".join(["\nNOT AS PROMISED", *(f"  {each}" for each in wrong)])
    return f"\nAs promised; all was caught up {caught_up_after:.1f} s after the last fault."
