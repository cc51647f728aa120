"""The fields that facts sent to the API are made of, whatever room they are for."""

from typing import Any
from uuid import UUID

from django.core.validators import BaseValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenancy.bounds import LONGEST_TEXT, NOT_AFTER, NOT_BEFORE
from tenancy.members import Member
from tenancy.models import Membership

BOUNDS: list[BaseValidator] = [NOT_BEFORE, NOT_AFTER]
MOST_FILES = 50


def words(*, required: bool = True, most: int = LONGEST_TEXT, **more: Any) -> serializers.CharField:
    """People's own words."""
    if not required:
        more.setdefault("default", "")
    return serializers.CharField(required=required, allow_blank=not required, max_length=most, **more)


def moment(**more: Any) -> serializers.DateTimeField:
    """A point in time; without an offset it is meant in the asker's own zone."""
    return serializers.DateTimeField(validators=BOUNDS, **more)


def choice(names: Any, **more: Any) -> serializers.ChoiceField:
    """One of a few words."""
    return serializers.ChoiceField([str(getattr(name, "value", name)) for name in names], **more)


def active_people() -> "QuerySet[Membership]":
    """Those who still belong to the organisation."""
    return Membership.objects.filter(state=Membership.State.ACTIVE)


class KeptFiles(serializers.ListField):
    """Files that the asker has uploaded and not yet handed in, by their ids; a room says where they wait."""

    default_error_messages = {"missing": _("You have no uploaded file with the id {id} that waits to be handed in.")}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("min_length"):
            kwargs["default"] = ()
        super().__init__(child=serializers.UUIDField(), max_length=MOST_FILES, **kwargs)

    def waiting(self, member: Member) -> "QuerySet[Any]":
        """The files of this member that wait."""
        raise NotImplementedError

    def to_internal_value(self, data: Any) -> tuple[UUID, ...]:
        """Return the ids; raise `ValidationError` for one that is not the asker's to hand in."""
        wanted = tuple(super().to_internal_value(data))
        found = self.waiting(self.context["member"]).filter(uuid__in=wanted)
        if missing := set(wanted) - set(found.values_list("uuid", flat=True)):
            self.fail("missing", id=min(missing))
        return wanted


class LabelField(serializers.RegexField):
    """A record by the number that people write, ``INC-1042``; the value is the number alone."""

    def __init__(self, prefix: str, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(rf"^{prefix}[1-9][0-9]{{0,8}}\Z", **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the number, or None where none was sent and none is needed."""
        text = super().run_validation(data)
        return int(text.removeprefix(self.prefix)) if text else None
