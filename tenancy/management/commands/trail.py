"""``manage.py trail``: seal the trails now, anchor them, and prove that nobody has rewritten them."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from tenancy import clock, tasks
from tenancy.actions.sealing import LATEST
from tenancy.anchors import Anchor, BadAnchor, read
from tenancy.models import Organisation
from tenancy.proving import prove
from tenancy.wall import bound


class Command(BaseCommand):
    """Seal, anchor and verify."""

    help = "Seal the trails, anchor them outside of the database, and verify that nobody has rewritten them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``seal``, ``anchor`` or ``verify``."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        seal = verbs.add_parser("seal", help="seal what has no seal yet")
        seal.add_argument("--all", action="store_true", help="look at entries of any age, as after a long import")
        verbs.add_parser("anchor", help="write an anchor for every organisation now")
        verify = verbs.add_parser("verify", help="name the first entry that is not what was sealed")
        verify.add_argument("organisation", nargs="?", help="its short name; without it, all of them")
        verify.add_argument("--anchors", type=Path, help="a file of anchors, or a log that holds some")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        match options["verb"]:
            case "seal":
                for organisation in Organisation.objects.order_by("slug"):
                    count = tasks.seal_all_of(organisation.id, from_the_start=options["all"])
                    self.stdout.write(f"{organisation.slug}: {count} entries sealed")
            case "anchor":
                tasks.anchor_trails()
            case "verify":
                self.verify(_chosen(options["organisation"]), _anchors(options["anchors"]))

    def verify(self, organisations: QuerySet[Organisation], anchors: list[Anchor]) -> None:
        """Print a line for each; end with an error if any of them is wrong."""
        wrong = 0
        for organisation in organisations:
            own = [anchor for anchor in anchors if anchor.organisation_id == organisation.id]
            with bound(organisation.id):
                proof = prove(own, settled_before=clock.now() - LATEST)
            fine = f"{proof.sealed} entries are what was sealed, {proof.unsealed} are not sealed yet"
            told = proof.wrong or f"{fine}, {len(own)} anchors fit"
            self.stdout.write(f"{organisation.slug}: {told}")
            wrong += bool(proof.wrong)
        if wrong:
            raise CommandError(f"{wrong} trails are not what was sealed.")


def _chosen(slug: str | None) -> QuerySet[Organisation]:
    organisations = Organisation.objects.order_by("slug")
    if slug and not organisations.filter(slug=slug).exists():
        raise CommandError(f"There is no organisation {slug}.")
    return organisations.filter(slug=slug) if slug else organisations


def _anchors(file: Path | None) -> list[Anchor]:
    """The anchors of a file, one a line; in a log they stand inside of its lines."""
    if file is None:
        return []
    try:
        lines = file.read_text().splitlines()
    except OSError as error:
        raise CommandError(f"{file} can't be read: {error.strerror}.") from error
    found = []
    for number, line in enumerate(lines, 1):
        if '"signature' in line or '\\"signature' in line:
            try:
                found.append(read(_unwrapped(line)))
            except BadAnchor as error:
                raise CommandError(f"{file}, line {number}: {error}") from error
    if not found:
        raise CommandError(f"{file} holds no anchors.")
    return found


def _unwrapped(line: str) -> str:
    try:
        inner = json.loads(line).get("anchor", line)
    except (ValueError, AttributeError):
        return line
    return str(inner)
