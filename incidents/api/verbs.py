"""Speak a verb: one entry for all of them, each with an address of its own and its facts in the schema."""

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view

from incidents.actions.holding import hold_as_it_is
from incidents.api import shapes
from incidents.api.addresses import LABEL, seen, still_open, version_of
from incidents.api.deeds import DEEDS
from incidents.api.whole import whole
from incidents.lifecycle import MOVES, Party, Refused, Status, Verb, target
from incidents.models import Incident, IncidentQuerySet
from incidents.words import VERB, explain
from tenancy.api.describing import IF_MATCH
from tenancy.api.problems import Conflict
from tenancy.api.speaking import Facts, Speak
from tenancy.members import Denied
from tenancy.models import KeptAnswer, Scope


class SpeakOfIncident(Speak):
    """One verb on one incident."""

    verb: ClassVar[Verb]

    def seen(self, name: int) -> Incident | None:
        """The incident, from whichever side of the desk."""
        return seen(self._visible(), name)

    def keep(self, record: Incident, given: Facts) -> None:
        """Lock the incident, whoever gets it and whichever it duplicates."""
        people = [given["assignee"].pk] if "assignee" in given else []
        others = [given["duplicate_of"]] if given.get("duplicate_of") else []
        hold_as_it_is(self.member, number=record.number, people=people, others=others)

    def perform(self, record: Incident, given: Facts) -> None:
        """Do it."""
        try:
            self.deed.action(self.member, number=record.number, **self.deed.arguments(self.member, record, given))
            if self.verb is Verb.ANSWER:  # its action comments where nothing was asked; that is undone then
                target(self.verb, Status(record.status), given=MOVES[self.verb].needs)
        except Refused as refused:
            raise Conflict(explain(refused)) from refused
        except Incident.DoesNotExist as beyond:
            if self.seen(record.number):  # seen, but from the other side of the desk
                raise Denied(MOVES[self.verb].permission) from beyond
            raise Http404 from beyond

    def whole(self, record: Incident) -> dict[str, Any]:
        """The incident as the asker may know it."""
        return whole(record, self.member)

    def version_of(self, record: Incident) -> str:
        """The incident's own state."""
        return version_of(record)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether the incident may still be seen as it was answered then."""
        return still_open(self.member, kept)

    def _visible(self) -> IncidentQuerySet:
        return Incident.objects.visible_to(self.member)


def scope_of(verb: Verb) -> Scope:
    """What a token needs for it: whoever may report may also speak of what they reported."""
    return Scope.WORK if MOVES[verb].party is Party.STAFF else Scope.REPORT


def view_of(verb: Verb) -> Any:
    """The verb's own view."""
    described = extend_schema(
        operation_id=f"incident_{verb.value}",
        summary=str(VERB[verb]),
        description=_description(verb),
        parameters=[LABEL, IF_MATCH],
        request=DEEDS[verb].facts,
        responses={200: shapes.Full, 204: None},
    )
    facts = {"verb": verb, "deed": DEEDS[verb], "scopes": {"POST": scope_of(verb)}}
    own: type[SpeakOfIncident] = type(f"{verb.value.title()}View", (SpeakOfIncident,), facts)
    return extend_schema_view(post=described)(own).as_view()


def _description(verb: Verb) -> str:
    move = MOVES[verb]
    steps = ", ".join(f"{before.value} → {after.value}" for before, after in move.targets.items())
    who = f"For the side of the {move.party.value}, with the right {move.permission}"
    return f"{who}; a token needs `{scope_of(verb).value}`: {steps}."
