"""How long people are left in peace after a message: pure figures."""

from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple


class Scope(StrEnum):
    """What the messages of a bundle have in common."""

    RECORD = "record"
    SERVICE = "service"
    QUIET = "quiet"
    """What has waited for the end of somebody's quiet hours."""


# How long a bundle is shut after each message of a burst, in units of the installation's choice (a minute); the last
# one holds for all that follow.
SHUT_FOR = {Scope.RECORD: (1,), Scope.QUIET: (1,), Scope.SERVICE: (1, 5, 20, 60)}


class Bundle(NamedTuple):
    """What one person is told about one record, or one service."""

    scope: Scope
    name: object

    def key(self, membership_id: int | None) -> str:
        """How the outbox calls it."""
        return f"{self.scope}:{self.name}:{membership_id}"


def shut_for(key: str, turn: int, unit: timedelta) -> timedelta:
    """How long nothing follows the burst's message of that turn, which counts from 0."""
    units = SHUT_FOR[Scope(key.partition(":")[0])]
    return units[min(turn, len(units) - 1)] * unit
