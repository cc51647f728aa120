"""``manage.py restore FILE``: a backup into an empty stack."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.backup import Unusable, put_back


class Command(BaseCommand):
    """Put a backup into an empty stack."""

    help = "Put a backup into an empty database and an empty store of files; every table and file is checked."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the archive's name."""
        parser.add_argument("file", type=Path, help="the archive that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Put it back; say a refusal in one sentence."""
        try:
            put_back(options["file"], self.stdout.write)
        except Unusable as refused:
            raise CommandError(str(refused)) from refused
        # The seals came with their trails: whether nobody rewrote one shows on the new machine too.
        call_command("trail", "verify", stdout=self.stdout)
