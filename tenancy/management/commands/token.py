"""``manage.py token``: the operator makes a token for somebody, or ends one, as the database's owner."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tenancy.actions import tokens
from tenancy.drafts import TokenDraft
from tenancy.models import Membership, Organisation, Scope, Token
from tenancy.refusal import NotPossible
from tenancy.wall import as_owner, bound


class Command(BaseCommand):
    """Make and end API tokens."""

    help = "Make API tokens for members, and end them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``add`` or ``revoke``."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="make a token and print it, once")
        add.add_argument("slug", help="the organisation's short name")
        add.add_argument("mail", help="whom the token speaks for")
        add.add_argument("name", help="what it is for")
        add.add_argument("--scope", action="append", required=True, choices=Scope.values)
        add.add_argument("--days", type=int, default=settings.API_TOKEN_DEFAULT_DAYS)
        revoke = verbs.add_parser("revoke", help="end a token")
        revoke.add_argument("slug", help="the organisation's short name")
        revoke.add_argument("number", type=int, help="the number that `add` told")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it as the owner; say a refusal in one sentence."""
        with as_owner():
            organisation = Organisation.objects.filter(slug=options["slug"]).first()
            if organisation is None:
                raise CommandError(f"There is no organisation {options['slug']}.")
            with bound(organisation.id):
                try:
                    {"add": self.add, "revoke": self.revoke}[options["verb"]](options)
                except NotPossible as refused:
                    raise CommandError(str(refused)) from refused

    def add(self, options: dict[str, Any]) -> None:
        """Make one."""
        membership = Membership.objects.filter(mail=options["mail"].lower()).first()
        if membership is None:
            raise CommandError(f"Nobody here has the address {options['mail']}.")
        draft = TokenDraft(options["name"], frozenset(options["scope"]), options["days"])
        token, secret = tokens.issue(membership, draft=draft)
        self.stdout.write(f"Token {token.pk}, good until {token.expires_at:%Y-%m-%d}; it is not shown again:\n{secret}")

    def revoke(self, options: dict[str, Any]) -> None:
        """End one."""
        token = Token.objects.filter(pk=options["number"]).first()
        if token is None:
            raise CommandError(f"There is no token {options['number']}.")
        tokens.revoke(None, token=token)
        self.stdout.write(f"Token {token.pk} is revoked.")
