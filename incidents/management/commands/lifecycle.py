"""``manage.py lifecycle``: the table of moves as a page of the documentation."""

from typing import Any

from django.core.management.base import BaseCommand

from incidents.lifecycle import MOVES, Status, Verb, clock
from incidents.words import STATUS, VERB

HEAD = """# The life of an incident

Made from the table in `incidents/lifecycle.py` by `python3 manage.py lifecycle > docs/lifecycle.md`.
A test keeps it true.

```mermaid
stateDiagram-v2
    [*] --> new : report
"""


def page() -> str:
    """The diagram, then one row per verb."""
    return "\n".join([HEAD + "\n".join(_arrows()), "```", "", *_statuses(), "", *_rows(), ""])


def _arrows() -> list[str]:
    ways: dict[tuple[Status, Status], list[str]] = {}
    for verb, move in MOVES.items():
        for source, target in move.targets.items():
            if source is not target:
                ways.setdefault((source, target), []).append(verb.value)
    return [f"    {source} --> {target} : {', '.join(verbs)}" for (source, target), verbs in ways.items()]


def _statuses() -> list[str]:
    rows = [f"| {STATUS[status]} | {clock(status)} |" for status in Status]
    return ["| status | SLA clock (on hold: as the reason says) |", "|---|---|", *rows]


def _rows() -> list[str]:
    return [
        "| verb | in the pages | who | permission | from | needs |",
        "|---|---|---|---|---|---|",
        *(_row(verb) for verb in MOVES),
    ]


def _row(verb: Verb) -> str:
    move = MOVES[verb]
    sources = ", ".join(move.targets)
    needs = ", ".join(sorted(move.needs))
    return f"| {verb} | {VERB[verb]} | {move.party} | `{move.permission}` | {sources} | {needs} |"


class Command(BaseCommand):
    """Prints the page."""

    help = "Prints the life of an incident as a page of the documentation."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
