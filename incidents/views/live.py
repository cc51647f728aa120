"""Pages that keep themselves up to date: may they follow, and has what they show changed at all?"""

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from incidents.topics import followed, is_for_staff
from tenancy.desk.site import owes_second_factor
from tenancy.doorstep import is_from_elsewhere
from tenancy.requests import BoundRequest

# Another one on each page, and no change of it.
TOKENS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"')
# What a page asks for when it asks for itself; see `live.js`.
TARGET = "live"


@require_safe
def follow(request: BoundRequest) -> HttpResponse:
    """Whether the member may follow a topic, and as what.

    `config.live` asks this before it opens a stream and again before each word; without it a page looks now and then.
    """
    topic = _topic(request)
    if not topic or request.member is None:
        raise Http404
    if isinstance(request, ASGIRequest):
        cast(dict[str, Any], request.scope)["follower"] = (request.organisation.id, request.member.id, topic)
    return HttpResponse(content_type="text/plain")


def _topic(request: BoundRequest) -> str:
    asked = request.GET.get("topic", "")
    if request.member is None or is_from_elsewhere(request):
        return ""
    if is_for_staff(asked) and (not request.member.may("desk.enter") or owes_second_factor(request)):
        return ""
    return followed(request.member, asked)


def kept_fresh(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer a page that asks for itself with 304 where it would look the same."""

    @wraps(view)
    def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.htmx.target != TARGET or response.status_code != 200:
            return response
        response["ETag"] = f'"{hashlib.sha256(TOKENS.sub(b"", response.content)).hexdigest()[:32]}"'
        response["Cache-Control"] = "no-store"
        return get_conditional_response(request, etag=response["ETag"], response=response) or response

    return answer
