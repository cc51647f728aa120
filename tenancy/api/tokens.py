"""Who asks: a program by its token, or a browser by its session; and what a token is good for."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from django.db import DatabaseError, connection
from django.db.models import DateTimeField, F, Func, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from structlog.contextvars import bind_contextvars

from tenancy import bearer, members
from tenancy.actions import tokens
from tenancy.models import Membership, Person, Scope, Token
from tenancy.requests import BoundRequest
from tenancy.wall import Written, bound

log = logging.getLogger(__name__)
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class BadToken(AuthenticationFailed):
    """Unknown, mistyped, of another organisation, expired, revoked, or its member may not come in: all the same."""

    default_detail = _("This token is not good here.")
    default_code = "bad_token"
    auth_header = 'Bearer error="invalid_token"'


class ScopeMissing(PermissionDenied):
    """The token is good, but not for this."""

    default_code = "scope_missing"

    def __init__(self, scope: str) -> None:
        self.scope = scope
        self.extra = {"scope": scope}
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'
        inherited: Any = super()
        inherited.__init__(_("This token lacks the scope “%(scope)s”.") % {"scope": scope})


class BearerTokens(BaseAuthentication):
    """``Authorization: Bearer …``: the host picks the organisation, the token the member, in their language and zone.

    A token is looked up under the wall, so another organisation's is as unknown as one that was made up.
    """

    def authenticate(self, request: Request) -> tuple[Person, Token] | None:
        """Return who asks and the token, or None where none was sent; raise `BadToken`."""
        kind, _space, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if kind.lower() != "bearer":
            return None
        membership, token = _good(text.strip())
        asked = cast(BoundRequest, request._request)
        asked.member = members.load(membership, asked.organisation)
        asked.token_used = token
        bind_contextvars(member=asked.member.id)
        translation.activate(asked.member.language)
        asked.LANGUAGE_CODE = asked.member.language
        timezone.activate(asked.member.time_zone)  # `WhoIsIt` puts the old one back
        return cast(Person, membership.person), token

    def authenticate_header(self, request: Request) -> str:
        """How to answer a 401."""
        return "Bearer"


def _make_holders(token_hash: str) -> QuerySet[Membership]:
    good = Membership.objects.filter(
        tokens__token_hash=token_hash,
        tokens__revoked_at=None,
        tokens__expires_at__gt=Func(function="clock_timestamp", output_field=DateTimeField()),
        state=Membership.State.ACTIVE,
        person__is_active=True,
    ).annotate(token_id=F("tokens__id"), scopes=F("tokens__scopes"), last_used_at=F("tokens__last_used_at"))
    return members.with_rights(good).select_related("person")


_holders = Written(_make_holders)


def _good(text: str) -> tuple[Membership, Token]:
    """Whom the token speaks for, with all their rights, and the token: in one statement."""
    if not bearer.is_one(text):
        raise BadToken
    found: Any = _holders.first(bearer.hash_of(text))
    if found is None:
        raise BadToken
    return found, Token(pk=found.token_id, membership=found, scopes=found.scopes, last_used_at=found.last_used_at)


class Sessions(SessionAuthentication):
    """A browser's session, with its CSRF token for whatever writes. A token that is sent is never looked past."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        """Return who is signed in here, or None."""
        if cast(BoundRequest, request._request).member is None:
            return None
        inherited: Any = super()
        found: tuple[Any, None] | None = inherited.authenticate(request)
        return found


def require_scope(request: Request, scopes: Mapping[str, str]) -> None:
    """Raise `ScopeMissing` where a token lacks the method's scope; sessions have all of them."""
    method = "GET" if request.method in ("HEAD", "OPTIONS") else str(request.method)
    scope = str(scopes.get(method, Scope.WORK))
    if request.auth is not None and scope not in request.auth.scopes:
        raise ScopeMissing(scope)


class LastUse:
    """Notes when a token was used, after the answer: whatever became of the request, and waiting for nobody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        token: Token | None = getattr(request, "token_used", None)
        if token and (token.last_used_at is None or token.last_used_at < timezone.now() - USE_IS_NOTED_EVERY):
            _note_use(token, cast(BoundRequest, request).organisation.id)
        return response


def _note_use(token: Token, organisation_id: int) -> None:
    try:
        with bound(organisation_id):
            tokens.note_use(token)
    except DatabaseError as error:
        log.warning("The last use of a token could not be noted: %s", error)
    if not connection.in_atomic_block:
        connection.close()
