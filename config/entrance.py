"""The outermost door: every request gets an id, is counted, and leaves one line.

It stands around Django and whatever else answers, so that files and streams are seen too. Who answers may put into
``scope["route"]`` how the address is written in the list of addresses; the address itself may hold a token and is
never told.
"""

import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from structlog.contextvars import bind_contextvars, clear_contextvars

from config.metrics import pool, requests

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

log = structlog.get_logger("config.access")
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
HEADER = b"x-request-id"
METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
# What is asked every few seconds is told only to who asks for details.
QUIET = ("/health/live", "/health/ready", "/health/serving", "/metrics")


class Entrance:
    """Wraps an ASGI application."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        clear_contextvars()
        bind_contextvars(request_id=_request_id(scope), method=_method(scope))
        await _Visit(scope, send).follow(self.app, receive)


class _Visit:
    """One request, from its first byte to the last one of its answer."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self.send = scope, send
        self.began = time.monotonic()
        self.status = 500
        self.is_stream = False

    async def follow(self, app: App, receive: Receive) -> None:
        self.scope.setdefault("route", _known_route(self.scope["path"]))
        requests.IN_FLIGHT.inc()
        try:
            await app(self.scope, receive, self._send)
        finally:
            if not self.is_stream:
                requests.IN_FLIGHT.dec()
            self._tell()

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            self.is_stream = any(
                name.lower() == b"content-type" and value.startswith(b"text/event-stream") for name, value in headers
            )
            if self.is_stream:  # counted by who holds it open
                requests.IN_FLIGHT.dec()
            number = structlog.contextvars.get_contextvars()["request_id"].encode()
            message = {**message, "headers": [*headers, (HEADER, number)]}
        await self.send(message)

    def _tell(self) -> None:
        pool.note()
        route, took = self.scope["route"] or "unknown", time.monotonic() - self.began
        requests.count(_method(self.scope), route, self.status, took, is_stream=self.is_stream)
        tell = log.debug if route in QUIET and self.status < 400 else log.info
        whose = self.scope.get("whose", {})
        tell("request", route=route, status=self.status, duration_ms=round(took * 1000, 1), **whose)


def _request_id(scope: Scope) -> str:
    """The id that a proxy of ours gave, else a new one: what a visitor sends is theirs to make up."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        given: list[str] = [value.decode("latin-1") for name, value in scope["headers"] if name == HEADER]
        if len(given) == 1 and WELL_FORMED.fullmatch(given[0]):
            return given[0]
    return uuid4().hex


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"


def _known_route(path: str) -> str:
    """The route of what is answered before Django looks at its addresses."""
    if path in QUIET:
        return path
    static: str = settings.STATIC_URL
    return static if path.startswith(static) else ""


class RouteMiddleware:
    """Tells the entrance whose request it was, and every line by which of the written addresses a view was found.

    Django answers in a task of its own: what is bound to the context in there never comes out to the entrance.
    """

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        try:
            return self.get_response(request)
        finally:
            if hasattr(request, "scope"):
                known = {name: getattr(request, name, None) for name in ("organisation", "member")}
                request.scope["whose"] = {name: one.id for name, one in known.items() if one}

    def process_view(self, request: Any, view: object, args: object, kwargs: object) -> None:
        """Note the route, not the path."""
        route = f"/{request.resolver_match.route}"
        bind_contextvars(route=route)
        if hasattr(request, "scope"):
            request.scope["route"] = route
