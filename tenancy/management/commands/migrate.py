"""``migrate``, as the database's owner; then the app's role is given exactly its grants."""

from typing import Any

from django.core.management.commands import migrate

from tenancy.wall import apply_grants, as_owner


class Command(migrate.Command):
    """Django's command, on the right side of the wall."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            apply_grants()
