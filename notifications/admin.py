"""The outbox in the desk: to see what was sent to whom, and why something was not."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from notifications.models import OutboxMessage
from tenancy.desk import LookingAdmin


def _words(kind: str) -> str:
    return kind.replace("_", " ").capitalize()


class KindFilter(admin.AllValuesFieldListFilter):
    """The kinds that were sent, in words."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": _words(str(choice["display"]))}


@admin.register(OutboxMessage)
class OutboxAdmin(LookingAdmin):
    """Envelopes only: what a message says, and about which record, is for those who may read the record."""

    fields = (
        "what",
        "name",
        "address",
        "language",
        "time_zone",
        "state",
        "attempts",
        "last_error",
        "created_at",
        "due_at",
        "sent_at",
        "message_id",
    )
    list_display = ("created_at", "what", "name", "address", "state", "attempts", "last_error")
    list_display_links = ("created_at",)
    list_filter = ("state", ("kind", KindFilter))
    search_fields = ("name", "address", "message_id")
    ordering = ("-id",)

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, message: OutboxMessage) -> str:
        """Its kind, in words."""
        return _words(message.kind)
