"""The access matrix's dataset behind a running server, and a browser for everybody in it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth import SESSION_KEY as PERSON_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tenancy.actions.founding import add_host
from tenancy.models import Membership, Organisation
from tenancy.wall import as_owner, bound
from tests import database
from tests.architecture.world import World, build
from tests.journeys.house import House

TELL = (
    "addEventListener('securitypolicyviolation', e => console.error(`policy: ${e.effectiveDirective} ${e.blockedURI}`))"
)
QUIET_STATUS = "Failed to load resource"


@dataclass
class Walker:
    """Somebody's browser on harbour's host: one page, and what it complained of since it was last asked."""

    house: House
    context: BrowserContext
    page: Page
    heard: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def go(self, path: str, organisation: str = "harbour") -> Response:
        """Open a page; wait until it stands."""
        response = self.page.goto(self.house.address(organisation, path))
        assert response
        return response

    def complaints(self) -> list[str]:
        """What the browser complained of since the last call."""
        told, self.heard[:] = list(self.heard), []
        return told

    def listen(self) -> None:
        """Write down what goes wrong, and whatever leaves the house."""
        self.context.add_init_script(TELL)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.heard.append(str(error.error)))
        self.context.on("request", self._request)
        self.context.on("dialog", lambda dialog: (self.heard.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(QUIET_STATUS):
            self.heard.append(message.text)

    def _request(self, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        if request.url.startswith("http") and not host.endswith(".localhost"):
            self.heard.append(f"asks a stranger: {request.url}")


@dataclass
class Street:
    """Both organisations, open to visitors; browsers are kept for who comes again."""

    house: House
    world: World
    browser: Browser
    walkers: dict[str, Walker] = field(default_factory=dict)

    def walker(self, actor: str) -> Walker:
        """The actor's browser, signed in."""
        if actor not in self.walkers:
            # No colour is on its way to another one when it is measured.
            context = self.browser.new_context(reduced_motion="reduce")
            context.set_default_timeout(15_000)
            if session := self.world.sessions.get(actor):
                site = {"domain": "harbour.localhost", "path": "/"}
                context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, **site}])
            self.walkers[actor] = Walker(self.house, context, context.new_page())
            self.walkers[actor].listen()
        return self.walkers[actor]


@contextmanager
def open_street(house: House, browser: Browser) -> Iterator[Street]:
    """Commit the dataset; sweep it away again."""
    try:
        world = _furnish()
        street = Street(house, world, browser)
        yield street
        for walker in street.walkers.values():
            walker.context.close()
    finally:
        database.empty()


def _furnish() -> World:
    with as_owner():
        for slug in ("harbour", "quill"):
            add_host(Organisation.objects.get(slug=slug), name=f"{slug}.localhost", is_canonical=True)
    world = build()
    for session in world.harbour.sessions.values():
        _just_signed_in(session)
    with bound(world.harbour.organisation.id):
        agent = Membership.objects.get(pk=world.harbour.members["agent"].id)
        TOTP.activate(agent.person, generate_totp_secret())
        RecoveryCodes.activate(agent.person)
    return world


def _just_signed_in(session: str) -> None:
    """What concerns one's own login asks for the password again, unless one has just come."""
    store = SessionStore(session)
    store["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    store["account_authentication_methods_user"] = store[PERSON_KEY]
    store.save()
