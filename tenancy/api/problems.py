"""How the API says no: one shape for every error, the problem details of RFC 9457."""

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from tenancy.middleware import undo
from tenancy.refusal import NotPossible

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"


class Conflict(exceptions.APIException):
    """It could be done, but not to this record as it stands now; the detail says why and what would help."""

    status_code = 409
    default_code = "refused"


class Stale(exceptions.APIException):
    """Somebody has changed it since the caller looked."""

    status_code = 412
    default_code = "stale"
    default_detail = _("It has changed since you looked. Read it again, then decide.")


class TooLarge(exceptions.APIException):
    """More than anybody has to say."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("This is too large.")


def handle_exception(error: Exception, _context: dict[str, Any]) -> Response | None:
    """Answer what a view raised; what it wrote is undone, and whatever comes after can still write.

    An error that nobody expected is left to Django, and becomes a 500 of the same shape.
    """
    known = _known(error)
    if known is None:
        return None
    undo(_context["request"]._request)
    is_invalid = isinstance(known, exceptions.ValidationError)
    body = problem(
        422 if is_invalid else known.status_code,
        code="invalid" if is_invalid else str(known.get_codes()),
        detail=str(_("Some of what was sent is not right.") if is_invalid else known.detail),
        **({"errors": _by_field(known.detail)} if is_invalid else {}),
        **getattr(known, "extra", {}),
    )
    return Response(body, body["status"], headers=_headers(known), content_type=MEDIA_TYPE)


def _known(error: Exception) -> exceptions.APIException | None:
    match error:
        case exceptions.APIException():
            return error
        case Http404():
            return exceptions.NotFound(_("There is nothing here, or nothing that you may see."))
        case PermissionDenied():
            return exceptions.PermissionDenied(str(error) or None)
        case NotPossible():
            return Conflict(str(error))
        case RequestDataTooBig():
            return TooLarge()
    return None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if shown := getattr(error, "auth_header", ""):
        headers["WWW-Authenticate"] = str(shown)
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(int(wait))
    return headers


def _by_field(detail: Any) -> dict[str, list[str]]:
    """What is wrong with each field by its path, ``contact.mail``; what is wrong with all of it stands under ``""``."""
    if not isinstance(detail, Mapping):
        return {"": _texts(detail)}
    return {".".join(path): texts for path, texts in _by_path(detail)}


def _by_path(detail: Mapping[Any, Any]) -> Iterator[tuple[list[str], list[str]]]:
    for name, said in detail.items():
        here = [] if name == "non_field_errors" else [str(name)]
        if isinstance(said, Mapping):
            yield from (([*here, *path], texts) for path, texts in _by_path(said))
        else:
            yield here, _texts(said)


def _texts(said: Any) -> list[str]:
    return [text for one in said for text in _texts(one)] if isinstance(said, list | tuple) else [str(said)]


def problem(status: int, *, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return the body of an error. ``code`` is a word for programs and keeps its meaning for ever."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        **more,
    }


class Problems:
    """Gives the API's shape to errors that no view of it made: an unknown address or host, a bug, a database away."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        ours = request.path.startswith(PREFIX) and response.status_code >= 400
        if not ours or response.get("Content-Type", "").startswith(MEDIA_TYPE):
            return response
        status = HTTPStatus(response.status_code)
        said = problem(status, code=status.name.lower(), detail=str(_DETAILS.get(status, status.description)))
        return JsonResponse(said, status=status, content_type=MEDIA_TYPE)


_DETAILS = {
    HTTPStatus.NOT_FOUND: _("There is nothing here, or nothing that you may see."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something broke on our side; nothing of it was kept. Please try again."),
    HTTPStatus.SERVICE_UNAVAILABLE: _("We are away for a moment. Please try again."),
}
