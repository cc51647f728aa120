"""For those who stand outside: signing in first, and sending again what came too late.

A form that was open overnight has lost its session or its token. What was typed must not be lost with it: it is shown
and can be sent again, after signing in (in another tab) where that is needed.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from tenancy.requests import BoundRequest

View = Callable[..., HttpResponseBase]
CSRF_FIELD = "csrfmiddlewaretoken"
# Well above what either answer takes; who asks once in a while doesn't notice.
EVEN = 0.1


def members_only(view: View) -> View:
    """Send people who are not signed in to the sign-in page, and back afterwards; a POST keeps what it brought."""

    @wraps(view)
    def guarded(request: BoundRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.member is None:
            return sign_in_first(request)
        return view(request, *args, **kwargs)

    return guarded


def evenly(view: View) -> View:
    """Answer a form after `EVEN` seconds at the soonest: how long the work took says whether somebody is known."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(max(0.0, began + EVEN - time.monotonic()))
        return response

    return answer


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Ask for the sign-in, without losing what was typed."""
    return send_again(request) if request.method == "POST" else redirect_to_login(request.get_full_path())


def send_again(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show what was typed, to be sent again. Also Django's view for a failed CSRF check.

    Never for a form that another site sent, and never for passwords.
    """
    cast(BoundRequest, request).lacks_token = True
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name != CSRF_FIELD]
    if is_from_elsewhere(request) or not kept or any("password" in name for name, _value in kept):
        return render(request, "403_csrf.html", status=403)
    texts = [value for name, value in kept if len(value) > 20 or " " in value.strip()]
    context = {"kept": kept, "texts": texts, "had_files": bool(request.FILES)}
    return render(request, "send_again.html", context, status=403)


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether another site asks; browsers say it in one header or the other."""
    _scheme, _stroke, origin = request.headers.get("Origin", f"//{request.get_host()}").partition("//")
    return origin != request.get_host() or request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
