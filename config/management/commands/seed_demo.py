"""``seed_demo``: two organisations to look at, with people, desks and some weeks of history."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.demo import people, seeding


class Command(BaseCommand):
    """Make the demo, or what is missing of it; running it again changes nothing."""

    help = "Make the demo: two organisations with people, desks and some weeks of history."

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer to print the people instead."""
        parser.add_argument("--people", action="store_true", help="make nothing; print who can sign in, and where")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the demo, or tell of its people."""
        if options["people"]:
            self.stdout.write("\n".join(people.table(seeding.HOUSES)))
            return
        if not settings.DEVELOPMENT:
            raise CommandError("The demo's password is known to everybody, so it is made in development only.")
        filled = seeding.seed()
        self.stdout.write(f"Filled {' and '.join(filled)}." if filled else "The demo is there already.")
