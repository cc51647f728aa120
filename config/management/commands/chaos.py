"""Break everything that can break, and count what was lost or done twice."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.chaos.running import run

SHORTEST = 5


class Command(BaseCommand):
    """Ends with exit code 1 if anything is not as it was promised; docs/chaos.md says what that is."""

    help = "Kill and cut off everything under load, in a stack of its own under var/chaos, and count what was lost."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seconds", type=float, default=60.0, help="how long things are broken (60)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed breaks the same things (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seconds"] < SHORTEST:
            raise CommandError(f"Break things for {SHORTEST} seconds at least: less would show nothing.")
        if not run(options["seconds"], options["seed"], self.stdout.write):
            raise SystemExit(1)
