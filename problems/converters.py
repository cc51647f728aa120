"""Parts of addresses: a problem's number as people write it, and the verbs of the table."""

from django.urls import register_converter
from django.urls.converters import get_converters

from problems.lifecycle import Verb
from problems.models import PREFIX


class ProblemConverter:
    """``PRB-1042`` in an address, 1042 in the code."""

    regex = f"{PREFIX}[1-9][0-9]{{0,8}}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix(PREFIX))

    def to_url(self, value: int | str) -> str:
        return f"{PREFIX}{str(value).removeprefix(PREFIX)}"


class ProblemVerbConverter:
    """A verb of the table; any other word is no address at all."""

    regex = "|".join(Verb)

    def to_python(self, value: str) -> Verb:
        return Verb(value)

    def to_url(self, value: Verb | str) -> str:
        return Verb(value).value


def register() -> None:
    """Make both known to addresses, once."""
    if "problem" not in get_converters():
        register_converter(ProblemConverter, "problem")
        register_converter(ProblemVerbConverter, "problem_verb")
