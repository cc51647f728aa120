"""What must still be so when a message is sent: the one thing that is looked up, just before it is handed over."""

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.models import OutboxMessage
from tenancy.wall import bound


def is_needed(message: OutboxMessage) -> bool:
    """Whether what the message depends on is still so; most depend on nothing.

    ``still`` names one of the setting `STILL_SO`, a function that gets it, bound to the organisation.
    """
    if not message.still:
        return True
    is_so = import_string(settings.STILL_SO[message.still["name"]])
    with bound(message.home_id):
        return bool(is_so(message.still))
