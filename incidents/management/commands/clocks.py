"""``manage.py clocks``: prove that every clock is what the trail makes of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.winding import Recount
from tenancy.models import Organisation
from tenancy.wall import bound

SHOWN = 20


class Command(BaseCommand):
    """Verify."""

    help = "Work out every clock of the installation again from the trail, and name those that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``verify``, and whose."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="name the clocks that are not what the trail tells")
        verify.add_argument("organisation", nargs="?", help="its short name; without it, all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line for each organisation; end with an error if any clock is wrong."""
        organisations = Organisation.objects.order_by("slug")
        if slug := options["organisation"]:
            organisations = organisations.filter(slug=slug)
            if not organisations:
                raise CommandError(f"There is no organisation {slug}.")
        wrong = sum(self._verify(organisation) for organisation in organisations)
        if wrong:
            raise CommandError(f"{wrong} clocks are not what the trail tells.")

    def _verify(self, organisation: Organisation) -> int:
        with bound(organisation.id):
            recount = Recount()
            wrong = list(recount.wrong())
        for line in wrong[:SHOWN]:
            self.stdout.write(f"{organisation.slug}: {line}")
        if len(wrong) > SHOWN:
            self.stdout.write(f"{organisation.slug}: and {len(wrong) - SHOWN} more")
        self.stdout.write(f"{organisation.slug}: {recount.clocks} clocks, {len(wrong)} wrong")
        return len(wrong)
