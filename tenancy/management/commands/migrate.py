"""``migrate``, as the database's owner; then the app's role is given exactly its grants."""

from typing import Any

from django.core.management.commands import migrate

from tenancy.wall import apply_grants, as_owner
from tenancy.wall.passes import apply_passes, is_second_way


class Command(migrate.Command):
    """Django's command, on the right side of the wall."""

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            needs_passes = is_second_way()
            super().handle(*args, **options)
            if needs_passes:
                apply_passes()
            apply_grants()
