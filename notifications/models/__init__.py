"""The outbox, and what people wish to be told."""

from notifications.models.outbox import OPEN_STATES, OutboxManager, OutboxMessage, OutboxQuerySet
from notifications.models.preferences import HouseRules, Preference

__all__ = [
    "OPEN_STATES",
    "HouseRules",
    "OutboxManager",
    "OutboxMessage",
    "OutboxQuerySet",
    "Preference",
]
