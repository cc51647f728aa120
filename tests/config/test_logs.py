"""What the processes write: one line per event, and none of what people typed or may keep to themselves."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from config.celery import app as celery
from incidents import actions
from incidents.drafts import Draft, Resolution
from notifications import links
from notifications.models import OutboxMessage
from tenancy import clock
from tenancy.actions.invitations import issue
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.processes import Web, Worker, environment
from tests.factories import PASSWORD
from tests.notifications.sink import Sink, free_port, serve
from tests.notifications.test_nudge import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

WORDS = "the-matron-keeps-gin-in-the-safe"
MAIL = "canary.person@people.example"
BEARER = "Bearer sw_live_canary0123456789abcdef"
NASTY = "Mozilla\x1b[31m \x9bred \x07<script>alert('nasty')</script>"
NASTY_BYTES = NASTY.encode("latin-1")


@pytest.fixture
def sink() -> Iterator[tuple[Sink, int]]:
    sink, port = Sink(), free_port()
    controller = serve(sink, port)
    yield sink, port
    controller.stop()


@pytest.fixture
def web(tmp_path: Path, transactional_db: None) -> Iterator[Web]:
    web = Web(tmp_path / "web.log")
    yield web
    web.stop()


@pytest.fixture
def worker(tmp_path: Path, sink: tuple[Sink, int], transactional_db: None) -> Iterator[Worker]:
    worker = Worker(tmp_path / "worker.log", EMAIL_URL=f"smtp://canary_user:canary_secret@127.0.0.1:{sink[1]}")
    yield worker
    worker.stop()


class House:
    """Somebody with a session, a link, an invitation and a report full of what is nobody's business."""

    def __init__(self, harbour: Organisation, ada: Member, ben: Member, session: str) -> None:
        self.ada, self.session = ada, session
        with bound(harbour.id):
            issued = issue(None, mail="invited@people.example", name="Ines", roles=frozenset(), at=clock.now())
            self.join = issued.path.split("/")[2]
            number = actions.report(ada, draft=Draft(title=WORDS, description=WORDS)).number
            actions.take(ben, number=number)
            solution = Resolution(code="fixed", note=WORDS, tested_how=WORDS)
            actions.resolve(ben, number=number, resolution=solution)
            claims = OutboxMessage.objects.get(kind="incident_resolved", to_id=ada.id).facts["links"]["confirm"][
                "claims"
            ]
        self.answer = links.sign("confirm", claims, harbour.id)

    @property
    def secrets(self) -> set[str]:
        """Whatever must not be found anywhere."""
        own = {self.session, self.answer, self.join, self.ada.mail, self.ada.name}
        return own | {PASSWORD, WORDS, MAIL, BEARER.split()[1], "canary_secret", "gin-in"}


@pytest.fixture
def house(harbour: Organisation, member: Callable[..., Member], client_of: Callable[[Member], Client]) -> House:
    ada, ben = member(), member("agent")
    return House(harbour, ada, ben, client_of(ada).cookies["sessionid"].value)


def knock_everywhere(web: Web, house: House) -> list[int]:
    """Come in by every entrance with something in the hands."""
    mine: Any = {
        "session": house.session,
        "User_Agent": NASTY.encode("latin-1"),
        "X_Forwarded_For": NASTY.encode("latin-1"),
    }
    typed = {"title": WORDS, "email": MAIL, "password": PASSWORD}
    return [
        web.ask(path, fields, **mine, Authorization=BEARER)[0]
        for path, fields in (
            ("/account/login/", {"login": MAIL, "password": PASSWORD}),
            ("/account/login/", {"login": house.ada.mail, "password": PASSWORD}),
            ("/account/password/reset/", {"email": house.ada.mail}),
            ("/account/password/reset/", {"email": MAIL}),
            (f"/account/password/reset/key/1-{house.join}/", None),
            (f"/account/confirm-email/{house.join}/", None),
            (f"/join/{house.join}/", None),
            (f"/join/{house.join}/", {"name": WORDS, "password1": PASSWORD}),
            (f"/answer/confirm/{house.answer}/", None),
            (f"/answer/confirm/{house.answer}/", {"verdict": "reject", "reason": WORDS}),
            (f"/nothing/here/{house.answer}/?token={house.answer}&q={WORDS}", None),
            ("/report/", {"title": WORDS, "when": "now", "urgency": "low", "impact": "person"}),
            ("/report/?title=" + WORDS, None),
            ("/api/v1/me/", None),
            (f"/test/raises/{house.answer}/", typed),
            ("/test/breaks-a-row/", typed),
            ("/test/doubles-a-row/", typed),
            ("/test/tells/", typed),
            ("/health/ready", None),
        )
    ]


def test_no_secret_is_written_by_any_process(
    web: Web, worker: Worker, sink: tuple[Sink, int], house: House, harbour: Organisation
) -> None:
    statuses = knock_everywhere(web, house)
    assert statuses.count(500) == 3
    assert web.ask("/report/", {"title": WORDS}, session=house.session, X_CSRFToken="no")[0] == 403
    assert web.ask("/", Host=f"{WORDS}.evil.example:{house.join}")[0] in (400, 404)
    sink[0].answer = f"550 5.1.1 {MAIL} says {WORDS}"
    # A line of its own: what the app keeps open may lead to another test's broker.
    with celery.connection_for_write(environment()["REDIS_URL"]) as line:
        told = [f"{WORDS} {house.answer}", harbour.id]
        celery.send_task("tests.config.misbehaving.fail", told, argsrepr=WORDS, connection=line)
        celery.send_task("notifications.tasks.deliver", headers={"request_id": "0123456789abcdef"}, connection=line)
    wait_for(lambda: len(worker.events("task")) >= 2, 40)
    web.stop()
    worker.stop()
    written = web.said + worker.said
    assert {secret for secret in house.secrets if secret in written} == set()
    assert "canary" not in written
    assert written.isascii()
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f<>]", written)
    assert all(isinstance(one["event"], str) for one in web.lines + worker.lines)
    assert [one["outcome"] for one in worker.events("task", task="tests.config.misbehaving.fail")] == ["failure"]
    assert worker.events("task failed", task="tests.config.misbehaving.fail")
    assert worker.events("task", task="notifications.tasks.deliver", request_id="0123456789abcdef")


def test_each_request_leaves_one_line_that_says_whose_it_was(web: Web, house: House, harbour: Organisation) -> None:
    asked = ["/", "/account/login/", f"/answer/confirm/{house.answer}/", "/static/stillwater/app.css", "/nothing/"]
    ids = [web.ask(path, session=house.session)[1]["x-request-id"] for path in asked]
    ids += [web.ask("/test/raises/x/", {"a": "b"}, session=house.session)[1]["x-request-id"]]
    web.stop()
    lines = {one["request_id"]: one for one in web.events("request")}
    assert len(web.events("request")) == len(ids) == len(set(ids))
    assert [lines[one]["route"] for one in ids] == [
        "/",
        "/account/login/",
        "/answer/<slug:purpose>/<str:token>/",
        "/static/",
        "unknown",
        "/test/raises/<str:told>/",
    ]
    assert [lines[one]["status"] for one in ids] == [200, 302, 200, 404, 404, 500]
    home = lines[ids[0]]
    assert {**home, "member": house.ada.id, "organisation": harbour.id, "method": "GET"} == home
    assert home["duration_ms"] > 0
    assert home.keys() >= {"time", "level", "logger"}
    (failed,) = web.events("request failed", request_id=ids[-1], organisation=harbour.id, member=house.ada.id)
    assert [one["type"] for one in failed["failure"]] == ["builtins.ValueError", "builtins.RuntimeError"]
    assert failed["failure"][0]["at"][-1].startswith("tests/config/misbehaving.py:")


def test_a_request_id_is_taken_from_a_proxy_of_ours_only(tmp_path: Path, web: Web) -> None:
    given = "proxy-4711-abcdef"
    assert web.ask("/health/live", X_Request_ID=given)[1]["x-request-id"] != given
    behind = Web(tmp_path / "behind.log", TRUSTED_PROXY_COUNT="1")
    try:
        assert behind.ask("/health/live", X_Request_ID=given)[1]["x-request-id"] == given
        for odd in ("short", "a" * 65, "with space 1234", "<script>1234", "semi;colon1234"):
            assert behind.ask("/health/live", X_Request_ID=odd)[1]["x-request-id"] != odd
    finally:
        behind.stop()
