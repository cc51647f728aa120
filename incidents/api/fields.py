"""The fields that the facts of a report or a verb are made of."""

from typing import Any
from uuid import UUID

from django.core.validators import BaseValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from incidents.forms.fields import LONGEST_TEXT, NOT_AFTER, NOT_BEFORE
from incidents.models import Attachment
from tenancy.models import Membership

BOUNDS: list[BaseValidator] = [NOT_BEFORE, NOT_AFTER]
MOST_FILES = 50


def words(*, required: bool = True, most: int = LONGEST_TEXT) -> serializers.CharField:
    """People's own words."""
    more: dict[str, Any] = {} if required else {"default": ""}
    return serializers.CharField(required=required, allow_blank=not required, max_length=most, **more)


def moment(**more: Any) -> serializers.DateTimeField:
    """A point in time; without an offset it is meant in the asker's own zone."""
    return serializers.DateTimeField(validators=BOUNDS, **more)


def active_people() -> "QuerySet[Membership]":
    """Those who still belong to the organisation."""
    return Membership.objects.filter(state=Membership.State.ACTIVE)


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
