"""``manage.py organisation``: the operator founds organisations and gives them hosts, as the database's owner."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email, validate_slug

from tenancy.actions.founding import add_host, found
from tenancy.drafts import Founding
from tenancy.forms import ZONES
from tenancy.models import Organisation
from tenancy.refusal import NotPossible
from tenancy.wall import as_owner


class Command(BaseCommand):
    """Add and list organisations, and lead hosts to them."""

    help = "Add and list organisations, and lead host names to them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``add``, ``list`` or ``host add``."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="show every organisation with its addresses")
        _add_arguments(verbs.add_parser("add", help="found an organisation"))
        host = verbs.add_parser("host", help="lead host names to an organisation").add_subparsers(
            dest="host_verb", required=True
        )
        more = host.add_parser("add", help="add one")
        more.add_argument("slug")
        more.add_argument("name", help="the host name")
        more.add_argument("--canonical", action="store_true", help="put it into links from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it as the owner; say a refusal in one sentence."""
        do = {"add": self.add, "list": self.list, "host": self.add_host}[options["verb"]]
        with as_owner():
            try:
                do(options)
            except NotPossible as refused:
                raise CommandError(str(refused)) from refused

    def add(self, options: dict[str, Any]) -> None:
        """Found an organisation and print the link for its first administrator."""
        _check(options)
        organisation, link = found(_founding(options))
        self.stdout.write(f"{organisation.name} answers at {', '.join(_addresses(organisation))}")
        if link:
            days = settings.INVITATION_VALID_FOR_DAYS
            self.stdout.write(f"{options['admin_mail']} joins as administrator here, within {days} days:\n{link}")

    def list(self, options: dict[str, Any]) -> None:
        """Print one line each."""
        for organisation in Organisation.objects.order_by("slug"):
            off = "" if organisation.is_active else " (inactive)"
            addresses = ", ".join(_addresses(organisation))
            self.stdout.write(f"{organisation.slug}: {organisation.name}{off}, {addresses}")

    def add_host(self, options: dict[str, Any]) -> None:
        """Lead one more host name to an organisation."""
        organisation = Organisation.objects.filter(slug=options["slug"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['slug']}.")
        host = add_host(organisation, name=options["name"], is_canonical=options["canonical"])
        self.stdout.write(f"{host.address} leads to {organisation.name}")


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("slug", help="its short name: letters, digits and hyphens")
    parser.add_argument("--name", required=True)
    parser.add_argument("--host", action="append", required=True, help="repeat it for more; the first stands in links")
    parser.add_argument("--admin-mail", required=True, help="who administers it first")
    parser.add_argument("--admin-name", default="Administrator")
    parser.add_argument("--sender", default="", help="its mails come from here (desk@ and the first host)")
    parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
    parser.add_argument("--time-zone", default="Europe/Berlin", metavar="ZONE")


def _check(options: dict[str, Any]) -> None:
    try:
        validate_slug(options["slug"])
        validate_email(options["admin_mail"])
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if options["time_zone"] not in ZONES:
        raise CommandError(f"There is no time zone {options['time_zone']}; write it like Europe/Berlin.")


def _founding(options: dict[str, Any]) -> Founding:
    return Founding(
        slug=options["slug"],
        name=options["name"],
        hosts=tuple(name.strip().lower().rstrip(".") for name in options["host"]),
        sender_address=options["sender"],
        language=options["language"],
        time_zone=options["time_zone"],
        admin_mail=options["admin_mail"],
        admin_name=options["admin_name"],
    )


def _addresses(organisation: Organisation) -> list[str]:
    return [host.address for host in organisation.hosts.order_by("-is_canonical", "name")]
