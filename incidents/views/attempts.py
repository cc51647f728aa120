"""Speak a verb and show what came of it; what is refused comes back with everything that was typed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse

from incidents.lifecycle import Refused, Verb
from incidents.models import Incident, IncidentQuerySet
from incidents.views.access import find
from incidents.words import explain
from tenancy.members import Denied, Member
from tenancy.requests import MemberRequest


@dataclass(frozen=True)
class Side:
    """What differs between the desk and the portal: whose incidents these are, their page, and where one goes next."""

    incidents: Callable[[Member], IncidentQuerySet]
    page: Callable[..., HttpResponse]
    after: Callable[[MemberRequest, Incident, Verb], HttpResponse]


def attempt(
    side: Side, request: MemberRequest, record: Incident, deed: Callable[[], Verb], **sent: Any
) -> HttpResponse:
    """Do it, if the one form that was ``sent`` is good; ``deed`` returns the verb that was spoken."""
    (form,) = sent.values()
    if not form.is_valid():
        return side.page(request, record, status=422, **sent)
    try:
        spoken = deed()
    except Refused as refused:
        record = find(side.incidents(request.member), record.number)
        return side.page(request, record, status=409, problem=explain(refused), **sent)
    except Denied as denied:
        return side.page(request, record, status=403, problem=str(denied), **sent)
    except Incident.DoesNotExist as gone:  # out of sight since the page was asked for
        raise Http404 from gone
    return side.after(request, record, spoken)
