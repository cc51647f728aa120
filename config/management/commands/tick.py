"""``manage.py tick``: what is due is done and mailed, without a broker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import ticking
from tenancy import engine


class Command(BaseCommand):
    """Drives the engine in a process of its own, beside or instead of worker and beat."""

    help = "Does what falls due, every second, and sends the mail; needs no broker. Ends with SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["once"]:
            ticking.Ticking().run()
            return
        try:
            ticking.once()
        except engine.Unreachable as error:
            raise CommandError(f"The database does not answer ({error}).") from error
