"""``manage.py lock_factors``: after a change of SECRET_KEY; then the old one may leave SECRET_KEY_FALLBACKS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenancy.actions.factors import lock_all
from tenancy.lockbox import Unreadable


class Command(BaseCommand):
    """Lock the secrets of all second factors by the present SECRET_KEY."""

    help = "Lock the secrets of all second factors by the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say how many there were."""
        try:
            count = lock_all()
        except Unreadable as error:
            raise CommandError("A factor was locked by a key that is not in SECRET_KEY_FALLBACKS.") from error
        self.stdout.write(f"{count} second factors are locked by the present SECRET_KEY.")
