"""Speak a verb: one entry for all of them, each with an address of its own and its facts in the schema."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view

from problems.actions.holding import hold_as_it_is
from problems.api import shapes
from problems.api.addresses import LABEL, seen, version_of
from problems.api.deeds import DEEDS
from problems.api.whole import whole
from problems.lifecycle import MOVES, Refused, Verb
from problems.models import Problem
from problems.words import VERB, explain
from tenancy.api.describing import IF_MATCH
from tenancy.api.problems import Conflict
from tenancy.api.speaking import Facts, Speak
from tenancy.models import KeptAnswer


class SpeakOfProblem(Speak):
    """One verb on one problem."""

    verb: ClassVar[Verb]

    def seen(self, name: int) -> Problem | None:
        """The problem, for staff."""
        return seen(self.member, name)

    def keep(self, record: Problem, given: Facts) -> None:
        """Lock the problem, and the one that goes on where it is a duplicate."""
        hold_as_it_is(number=record.number, others=[given["into"]] if "into" in given else [])

    def perform(self, record: Problem, given: Facts) -> None:
        """Do it."""
        try:
            self.deed.action(self.member, number=record.number, **self.deed.arguments(self.member, record, given))
        except Refused as refused:
            raise Conflict(explain(refused)) from refused
        except Problem.DoesNotExist as gone:
            raise Http404 from gone

    def whole(self, record: Problem) -> dict[str, Any]:
        """The problem as staff know it."""
        return whole(record, self.member)

    def version_of(self, record: Problem) -> str:
        """The problem's own state."""
        return version_of(record)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether problems may still be read."""
        return self.member.may("problem.read")


def view_of(verb: Verb) -> Any:
    """The verb's own view."""
    described = extend_schema(
        operation_id=f"problem_{verb.value}",
        summary=str(VERB[verb]),
        description=_description(verb),
        parameters=[LABEL, IF_MATCH],
        request=DEEDS[verb].facts,
        responses={200: shapes.ProblemFull},
    )
    own: type[SpeakOfProblem] = type(
        f"{verb.value.title()}View", (SpeakOfProblem,), {"verb": verb, "deed": DEEDS[verb]}
    )
    return extend_schema_view(post=described)(own).as_view()


def _description(verb: Verb) -> str:
    move = MOVES[verb]
    steps = ", ".join(f"{before.value} → {after.value}" for before, after in move.targets.items())
    return f"With the right {move.permission}; a token needs `work`: {steps}."
