"""Parts of addresses: a problem's number as people write it, and the verbs of the table."""

from django.urls import register_converter
from django.urls.converters import get_converters

from incidents.converters import LabelConverter, VerbConverter, label_regex
from problems.lifecycle import Verb
from problems.models import PREFIX


class ProblemConverter(LabelConverter):
    """``PRB-1042`` in an address, 1042 in the code."""

    prefix = PREFIX
    regex = label_regex(PREFIX)


class ProblemVerbConverter(VerbConverter):
    """A verb of the table; any other word is no address at all."""

    verbs = Verb
    regex = "|".join(Verb)


def register() -> None:
    """Make both known to addresses, once."""
    if "problem" not in get_converters():
        register_converter(ProblemConverter, "problem")
        register_converter(ProblemVerbConverter, "problem_verb")
