"""``manage.py backup FILE``: the whole stack in one archive, while it runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import Unusable, take


class Command(BaseCommand):
    """Write database and files into one archive."""

    help = "Write database and files into one archive, while everything runs. SECRET_KEY is not in it: keep it beside."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the archive's name."""
        parser.add_argument("file", type=Path, help="the archive; it must not be there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it; say a refusal in one sentence."""
        try:
            take(options["file"], self.stdout.write)
        except Unusable as refused:
            raise CommandError(str(refused)) from refused
