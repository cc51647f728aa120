"""Speak a verb: one entry for all of them, each with an address of its own and its facts in the schema."""

from typing import Any, ClassVar, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.actions.holding import hold_as_it_is
from incidents.api import shapes
from incidents.api.addresses import LABEL, one_of, seen, still_open, version_of
from incidents.api.deeds import DEEDS, Facts
from incidents.api.whole import whole
from incidents.lifecycle import MOVES, Party, Refused, Status, Verb, target
from incidents.models import Incident, IncidentQuerySet
from incidents.words import VERB, explain
from tenancy.api.describing import IF_MATCH
from tenancy.api.pages import refuse_unknown
from tenancy.api.problems import Conflict
from tenancy.api.views import MemberView, refuse_stale, tag_of
from tenancy.members import Denied
from tenancy.models import KeptAnswer, Scope


class Speak(MemberView):
    """One verb on one incident."""

    verb: ClassVar[Verb]
    scopes = {"POST": Scope.WORK}

    def post(self, request: Request, number: int) -> Response:
        """Do it. The answer is the incident as it stands then, or 204 where the step took it out of sight."""
        refuse_unknown(request, frozenset(), paged=False)
        incident = one_of(self._visible(), number)
        asked = DEEDS[self.verb].facts(data=request.data, context={"member": self.member, "incident": incident})
        asked.is_valid(raise_exception=True)
        if request.headers.get("If-Match"):
            incident = self._unchanged(incident, asked.validated_data)
        self._perform(incident, asked.validated_data)
        return self._answer(number)

    def still_shows(self, kept: KeptAnswer) -> bool:
        """Whether the incident may still be seen as it was answered then."""
        return still_open(self.member, kept)

    def _visible(self) -> IncidentQuerySet:
        return Incident.objects.visible_to(self.member)

    def _unchanged(self, incident: Incident, given: Facts) -> Incident:
        """The incident under lock, if it still is what the asker decided on."""
        people = [given["assignee"].pk] if "assignee" in given else []
        others = [given["duplicate_of"]] if given.get("duplicate_of") else []
        hold_as_it_is(self.member, number=incident.number, people=people, others=others)
        incident = one_of(self._visible(), incident.number)
        refuse_stale(cast(Request, self.request), version_of(incident))
        return incident

    def _perform(self, incident: Incident, given: Facts) -> None:
        deed = DEEDS[self.verb]
        try:
            deed.action(self.member, number=incident.number, **deed.arguments(incident, given))
            if self.verb is Verb.ANSWER:  # its action comments where nothing was asked; that is undone then
                target(self.verb, Status(incident.status), given=MOVES[self.verb].needs)
        except Refused as refused:
            raise Conflict(explain(refused)) from refused
        except Incident.DoesNotExist as beyond:
            if seen(self._visible(), incident.number):  # seen, but from the other side of the desk
                raise Denied(MOVES[self.verb].permission) from beyond
            raise Http404 from beyond

    def _answer(self, number: int) -> Response:
        incident = seen(self._visible(), number)
        if incident is None:
            return Response(status=204)
        body = whole(incident, self.member)
        return Response(body, headers={"ETag": tag_of(body, version_of(incident))})


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
    own: type[Speak] = type(f"{verb.value.title()}View", (Speak,), {"verb": verb, "scopes": {"POST": scope_of(verb)}})
    return extend_schema_view(post=described)(own).as_view()


def _description(verb: Verb) -> str:
    move = MOVES[verb]
    steps = ", ".join(f"{before.value} → {after.value}" for before, after in move.targets.items())
    who = f"For the side of the {move.party.value}, with the right {move.permission}"
    return f"{who}; a token needs `{scope_of(verb).value}`: {steps}."
