"""The fields of this room's facts, beside those of every room's."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.models import Attachment

MOST_FILES = 50


class KeptFiles(serializers.ListField):
    """Files that the asker has uploaded and not yet handed in, by their ids."""

    default_error_messages = {"missing": _("You have no uploaded file with the id {id} that waits to be handed in.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.UUIDField(), default=(), max_length=MOST_FILES, **kwargs)

    def to_internal_value(self, data: Any) -> tuple[UUID, ...]:
        """Return the ids; raise `ValidationError` for one that is not the asker's to hand in."""
        wanted = tuple(super().to_internal_value(data))
        kept = Attachment.objects.kept_for(self.context["member"].id).filter(uuid__in=wanted)
        if missing := set(wanted) - set(kept.values_list("uuid", flat=True)):
            self.fail("missing", id=min(missing))
        return wanted
