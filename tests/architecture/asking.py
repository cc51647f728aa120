"""Ask as somebody, look at what came back and at what was written on the way, and take it all back."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tenancy.wall import TenantModel, bound
from tests.architecture.world import House

GLOBAL_TABLES = ("tenancy_person", "tenancy_organisation", "tenancy_host", "account_emailaddress", "mfa_authenticator")
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY|WITH)\b", re.IGNORECASE)
# What may be written by looking: the session, and when somebody signed in last.
UNWATCHED = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "django_session"|UPDATE "tenancy_person" SET "last_login"')
TOKENS = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*')
# A refusal changes nothing, but for one entry that says that there was one (`tenancy.actions.denials`).
DIGEST = (
    "SELECT 'TABLE', count(*), md5(string_agg((to_jsonb(t) - 'last_login')::text, '' ORDER BY t.id)) FROM TABLE t "
    "WHERE to_jsonb(t) ->> 'kind' IS DISTINCT FROM 'access.denied'"
)


@dataclass(frozen=True)
class Answer:
    """What came back, what was written on the way, and if anything was, what ``look`` saw then."""

    status: int
    headers: dict[str, str]
    body: bytes
    written: list[str]
    seen: Any
    response: Any = field(repr=False)

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def likeness(self) -> tuple[object, ...]:
        """What somebody sees of it, but for the address they asked for and the token, another one each time."""
        path = self.response.wsgi_request.path
        location = self.headers.get("Location", "").replace(path, "")
        page = TOKENS.sub(rb"\1", self.body).replace(path.encode(), b"")
        return self.status, frozenset(self.headers), location, page


@cache
def client(strict: bool) -> Client:
    """One browser for everybody: its making is slower than most requests. A strict one's forms need their token."""
    return Client(raise_request_exception=False, enforce_csrf_checks=strict)


def ask(
    house: House,
    session: str,
    method: str,
    path: str,
    data: Any = None,
    *,
    look: Callable[[], object] = lambda: None,
    strict: bool = False,
    **extra: Any,
) -> Answer:
    """Send a request to the house's host with this session; whatever it did is looked at and taken back."""
    browser = client(strict)
    browser.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session} if session else {})
    with transaction.atomic(), statements() as written:
        extra = {"SERVER_NAME": house.host, **extra}
        raw = isinstance(data, bytes)  # goes as it is
        response = (
            browser.generic(method, path, data, **extra)
            if raw
            else getattr(browser, method.lower())(path, data, **extra)
        )
        body = b"".join(response.streaming_content) if response.streaming else response.content
        seen = look() if written else None
        transaction.set_rollback(True)
    return Answer(response.status_code, dict(response.headers), body, written, seen, response)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that write, but for sessions."""
    written: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if WRITES.match(sql) and not UNWATCHED.match(sql):
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


def everything(*houses: House) -> dict[tuple[str, str], tuple[int, str]]:
    """All that the database holds: each tenant table of each organisation, and the global ones, as digests."""
    tables = [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]
    sql = " UNION ALL ".join(DIGEST.replace("TABLE", table) for table in [*tables, *GLOBAL_TABLES])
    found = {}
    for house in houses:
        with bound(house.organisation.id), connection.cursor() as cursor:
            cursor.execute(sql)
            found |= {(house.organisation.slug, name): (count, digest) for name, count, digest in cursor.fetchall()}
    return found
