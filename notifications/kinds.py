"""The kinds of events that people choose about; the rooms above say which there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from tenancy.members import Member


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event: what it is called, whether it can be turned off, and which right its readers have."""

    name: str
    label: Any
    note: Any = ""
    may_be_off: bool = True
    permission: str = ""

    def concerns(self, member: Member) -> bool:
        """Whether the member can be told of such a thing at all."""
        return not self.permission or member.may_somewhere(self.permission)


def kinds() -> list[Kind]:
    """All kinds of all rooms, in their order."""
    found: list[Kind] = []
    for path in settings.TOLD_OF:
        some: Iterable[Kind] = import_string(path)
        found += some
    return found


def may_be_off(name: str) -> bool:
    """Whether people can turn it off; what nobody chooses about can't be."""
    return any(kind.may_be_off for kind in kinds() if kind.name == name)
