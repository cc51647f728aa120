"""Measure how fast the product is beside views that do nothing but its statements."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config.bench.figures import as_text
from config.bench.measuring import Bench, Options
from config.bench.stand import stand

LETTERS = "abefghijklmnopq"


class Command(BaseCommand):
    """Prints one line per figure; docs/performance.md says what each means."""

    help = "Measure the product on servers of its own under var/bench; docs/performance.md says how and what."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--incidents", type=int, default=100_000, help="how many the database has (100000)")
        parser.add_argument("--seconds", type=float, default=2.0, help="length of a slice (2)")
        parser.add_argument("--rounds", type=int, default=5, help="slices of each kind (5)")
        parser.add_argument("--connections", type=int, default=4, help="how many ask at once (4)")
        parser.add_argument("--streams", type=int, default=500, help="idle event streams (500)")
        parser.add_argument("--share", type=float, default=1.0, help="of the rows that j to q are about (1)")
        parser.add_argument("--only", default=LETTERS, help="which figures: abefghijklmnopq; b stands for b, c and d")
        parser.add_argument("--json", type=Path, help="write everything that was measured to this file")

    def handle(self, *args: Any, **given: Any) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        options = Options(**{name: given[name] for name in ("seconds", "rounds", "connections", "streams", "share")})
        lines = []
        with stand(given["incidents"]) as (big, small, generator):
            for line in Bench(big, small, generator, options).all(given["only"]):
                self.stdout.write(as_text(line))
                lines.append(line.as_facts())
        if given["json"]:
            facts = {"incidents": given["incidents"], "options": vars(options), "figures": lines}
            given["json"].write_text(json.dumps(facts, indent=1))
