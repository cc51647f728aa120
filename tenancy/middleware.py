"""The binder of a request: the host picks the organisation, the session the member, one transaction holds it all."""

from collections.abc import Callable
from urllib.parse import unquote

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from structlog.contextvars import bind_contextvars

from tenancy import members
from tenancy.actions.denials import note_denial
from tenancy.models import Host, Organisation
from tenancy.requests import BoundRequest
from tenancy.wall import Written, bound

GetResponse = Callable[[HttpRequest], HttpResponse]
SESSION_KEY = "organisation_id"
LOOKING = ("GET", "HEAD", "OPTIONS")
log = structlog.get_logger(__name__)
_hosts = Written(
    lambda name: Host.objects.select_related("organisation").filter(name=name, organisation__is_active=True)
)
# Paths where somebody without a membership must still be able to sign in, out, or join.
DOORSTEP = ("/account/", "/join/", "/branding", "/answer/", "/notifications/why/", "/organisations/")


class Binder:
    """Binds host, organisation and transaction; nothing that a failed view wrote stays.

    Django turns a view's exception into a response before a middleware sees it raised, so the roll-back hangs on
    `process_exception` and on the answer's status. It goes back to a savepoint, not to the start: the session and
    the error page still need a working transaction. A constraint that fails at COMMIT leaves the ``with`` block
    as an exception and becomes a plain 500.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: BoundRequest) -> HttpResponse:
        _refuse_nonsense(request)
        try:
            organisation = _organisation_of(request)
        except OperationalError:
            return render(request, "503.html", status=503)
        if organisation is None:
            return render(request, "404.html", status=404)
        request.organisation = organisation
        with bound(organisation.id):
            request.savepoint = transaction.savepoint()
            request.promised = len(connection.run_on_commit)
            response = self.get_response(request)
            if response.status_code >= 500:
                undo(request)
        if response.status_code == 403 and _tried_to_write(request):
            _note_denial(request)
        if not connection.in_atomic_block:
            connection.close()  # back to the pool: a file on its way to a slow reader needs none
        return response

    def process_exception(self, request: BoundRequest, exception: Exception) -> None:
        """Undo what the view wrote; Django then finds the answer for the exception."""
        undo(request)


def undo(request: BoundRequest) -> None:
    """Go back to where the view began; the session and the error's page can still write."""
    transaction.set_rollback(False)  # a transaction that is marked as broken takes no statement, not even this one
    transaction.savepoint_rollback(request.savepoint)
    del connection.run_on_commit[request.promised :]


def _tried_to_write(request: BoundRequest) -> bool:
    """Whether a member was refused for want of a right, and not for want of a form's token."""
    signed_in = getattr(request, "member", None) is not None
    return signed_in and request.method not in LOOKING and not getattr(request, "lacks_token", False)


def _note_denial(request: BoundRequest) -> None:
    """Write it in a second, short transaction, after all that the refused attempt did; without it the answer stands."""
    found, member = request.resolver_match, request.member
    if not found or not member:
        return
    number = found.kwargs.get("number")
    try:
        with bound(request.organisation.id):
            note_denial(member, route=f"/{found.route}", number=number if isinstance(number, int) else None)
    except DatabaseError:
        log.exception("denial not noted", member=member.id)


def _refuse_nonsense(request: HttpRequest) -> None:
    """Refuse what no browser sends, and what Django or PostgreSQL would stumble over.

    A text in PostgreSQL holds no NUL; a body in another encoding than UTF-8 is decoded by whatever codec it names.
    """
    asked = (request.path, unquote(request.META.get("QUERY_STRING", "")), *request.COOKIES.values())
    charset = (request.content_params or {}).get("charset", "utf-8")
    if any("\0" in text for text in asked) or charset.lower() != "utf-8":
        raise BadRequest("No browser sends this.")


def _organisation_of(request: HttpRequest) -> Organisation | None:
    name = Host.name_in(request.get_host())
    host = _hosts.first(name)
    if host:
        return host.organisation
    if settings.DEFAULT_ORGANISATION:
        return Organisation.objects.filter(slug=settings.DEFAULT_ORGANISATION, is_active=True).first()
    return None


class WhoIsIt:
    """Finds the member behind the session, and speaks their language in their time zone."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: BoundRequest) -> HttpResponse:
        request.member = _member_of(request)
        speaks = request.member or request.organisation
        if request.member:
            bind_contextvars(member=request.member.id)
            translation.activate(speaks.language)
            request.LANGUAGE_CODE = speaks.language
        with timezone.override(speaks.time_zone):
            return self.get_response(request)

    def process_view(self, request: BoundRequest, view: object, args: object, kwargs: object) -> None:
        """A signed-in person who doesn't belong here finds nothing here."""
        stranger = request.user.is_authenticated and request.member is None
        if stranger and not request.path.startswith(DOORSTEP):
            raise Http404


def _member_of(request: BoundRequest) -> members.Member | None:
    if not request.user.is_authenticated:
        return None
    if request.session.get(SESSION_KEY) != request.organisation.id:
        request.session.flush()
        request.user = AnonymousUser()
        return None
    membership = request.user.membership_here
    return members.load(membership, request.organisation) if membership else None
