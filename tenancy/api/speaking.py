"""Speak a verb: what all rooms' verbs have in common, from the facts that were sent to the record as it stands then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from tenancy.api.pages import refuse_unknown
from tenancy.api.parsing import Strict
from tenancy.api.views import MemberView, refuse_stale, tag_of
from tenancy.members import Member
from tenancy.models import Scope

Facts = Mapping[str, Any]


class Nothing(Strict):
    """No facts are needed."""


def as_they_are(_member: Member, _record: Any, given: Facts) -> Facts:
    """The facts are the action's arguments already."""
    return given


@dataclass(frozen=True)
class Deed:
    """A verb's action, what has to be said, and how that becomes the action's arguments."""

    action: Callable[..., object]
    facts: type[Strict] = Nothing
    arguments: Callable[[Member, Any, Facts], Facts] = as_they_are
    fills_in: bool = False
    """What was left out is taken from the record, which therefore is kept as it is until the verb is done."""


class Speak(MemberView):
    """One verb on one record; a room says how that is found, kept, changed and told."""

    deed: ClassVar[Deed]
    scopes = {"POST": Scope.WORK}

    def post(self, request: Request, **place: Any) -> Response:
        """Do it. The answer is the record as it stands then, or 204 where the step took it out of sight."""
        refuse_unknown(request, frozenset(), paged=False)
        (name,) = place.values()
        record = self.one(name)
        asked = self.deed.facts(data=request.data, context={"member": self.member, "record": record})
        asked.is_valid(raise_exception=True)
        given: Facts = asked.validated_data
        if request.headers.get("If-Match") or self.deed.fills_in:
            self.keep(record, given)
            record = self.one(name)
            refuse_stale(cast(Request, self.request), self.version_of(record))
        self.perform(record, given)
        return self._answer(name)

    def seen(self, name: Any) -> Any:
        """The record that the address names, or None where there is none for the asker."""
        raise NotImplementedError

    def keep(self, record: Any, given: Facts) -> None:
        """Lock what the verb is going to lock, in the order in which it does."""
        raise NotImplementedError

    def perform(self, record: Any, given: Facts) -> None:
        """Call the action; what it refuses becomes the API's own error."""
        raise NotImplementedError

    def whole(self, record: Any) -> dict[str, Any]:
        """The record as the asker may know it."""
        raise NotImplementedError

    def version_of(self, record: Any) -> str:
        """The record's own state."""
        raise NotImplementedError

    def one(self, name: Any) -> Any:
        """The record, or 404."""
        record = self.seen(name)
        if record is None:
            raise Http404
        return record

    def _answer(self, name: Any) -> Response:
        record = self.seen(name)
        if record is None:
            return Response(status=204)
        body = self.whole(record)
        return Response(body, headers={"ETag": tag_of(body, self.version_of(record))})
