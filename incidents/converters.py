"""Parts of addresses: a record's number as people write it, and the verbs of its table."""

from enum import StrEnum

from django.urls import register_converter
from django.urls.converters import get_converters

from incidents.lifecycle import Verb
from incidents.models.incident import PREFIX


def label_regex(prefix: str) -> str:
    """What an address may say where a number stands."""
    return f"{prefix}[1-9][0-9]{{0,8}}"


class LabelConverter:
    """``INC-1042`` in an address, 1042 in the code; an upper room's record has another prefix."""

    prefix = PREFIX
    regex = label_regex(PREFIX)

    def to_python(self, value: str) -> int:
        return int(value.removeprefix(self.prefix))

    def to_url(self, value: int | str) -> str:
        return f"{self.prefix}{str(value).removeprefix(self.prefix)}"


class VerbConverter:
    """A verb of the table; any other word is no address at all."""

    verbs: type[StrEnum] = Verb
    regex = "|".join(Verb)

    def to_python(self, value: str) -> StrEnum:
        return self.verbs(value)

    def to_url(self, value: StrEnum | str) -> str:
        return self.verbs(value).value


def register() -> None:
    """Make both known to addresses, once."""
    if "label" not in get_converters():
        register_converter(LabelConverter, "label")
        register_converter(VerbConverter, "verb")
