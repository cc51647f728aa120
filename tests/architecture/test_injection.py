"""What people type stays text: in pages, in mails, in headers and in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from incidents import actions
from incidents.drafts import Hold, Resolution
from incidents.lifecycle import HoldReason
from incidents.models import Incident, Service
from notifications.channels.mail import build
from notifications.models import OutboxMessage
from tenancy.actions import people
from tenancy.models import Membership, Organisation, Team
from tenancy.wall import TenantModel, bound
from tests.architecture import matrix, sent
from tests.architecture.asking import ask
from tests.architecture.world import World

pytestmark = pytest.mark.database
TAG = "<img src=x onerror=alert(1)>"
EVIL = f"\"'>{TAG}<!--{{{{7*7}}}}"
# Texts of ours, with a meaning of their own.
OURS = {
    "token_hash", "dedupe", "thread", "message_id", "sha256", "content_type", "file", "language", "time_zone", "kind",
}  # fmt: skip
TARGETS = ("-", "here", "own", "hidden", "joined")
LOOKING = [row for row in matrix.rows() if row.method == "GET" and row.target in TARGETS]


@contextmanager
def poisoned(world: World) -> Iterator[None]:
    """The world with the same evil text in every field that takes one."""
    with transaction.atomic():
        organisation = world.harbour.organisation
        with bound(organisation.id):
            Organisation.objects.filter(pk=organisation.id).update(name=EVIL)
            for model in apps.get_models():
                if issubclass(model, TenantModel) and "UPDATE" in model.grants:
                    poison(model)
        yield
        transaction.set_rollback(True)


def poison(model: type[TenantModel], text: str = EVIL) -> None:
    """Put it into every text of every row, with the row's id behind it where it fits: names are unique."""
    for field in model._meta.concrete_fields:
        if isinstance(field, models.CharField | models.TextField) and not field.choices and field.name not in OURS:
            longest = field.max_length or 1000
            words = Concat(Value(text), F("pk"), output_field=models.TextField())
            model.objects.update(**{field.name: words if longest > len(text) + 6 else text[:longest]})


@pytest.mark.parametrize("actor", ["owner", "mate", "incident_manager", "auditor", "administrator", "stakeholder"])
def test_no_page_takes_a_text_for_markup(actor: str, world: World) -> None:
    paths = [sent.address(world, row.route, row.target, actor) for row in LOOKING if row.expected.get(actor) == "+"]
    with poisoned(world):
        answers = [ask(world.harbour, world.sessions[actor], "GET", path) for path in paths]
    pages = {path: one.text for path, one in zip(paths, answers, strict=True) if "html" in one.headers["Content-Type"]}
    assert [path for path, page in pages.items() if TAG in page or "alert(1)>" in page] == []
    assert sum("onerror=alert(1)" in page for page in pages.values()) > 3


def test_a_file_with_an_evil_name_is_a_download(world: World) -> None:
    with poisoned(world):
        path = f"/files/{world.harbour.ids['public_file']}/"
        answer = ask(world.harbour, world.sessions["owner"], "GET", path)
    header = EmailMessage()
    header["Content-Disposition"] = answer.headers["Content-Disposition"]
    assert header.get_content_disposition() == "attachment"
    assert str(header.get_filename()).startswith(EVIL)


ADDRESSES = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "//x y",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_reference_leads_to_the_web_only(url: str, world: World) -> None:
    form = {"kind": "supplier", "value": "S-1", "url": url}
    path = f"/desk/incidents/INC-{world.harbour.ids['hidden']}/refer/"
    assert ask(world.harbour, world.sessions["mate"], "POST", path, form).status == 422


# --- mails
CUT = "x\r\nBcc: evil@example.com\r\n\r\n<b>hello"
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "In-Reply-To", "References", "Content-Language", "Auto-Submitted",
    "X-Auto-Response-Suppress", "X-Stillwater-Loop", "MIME-Version", "Content-Type",
}  # fmt: skip


def mails(world: World, text: str) -> list[EmailMessage]:
    """Every sort of mail about an incident, written where every name and title is this text."""
    house = world.harbour
    mate, owner, number = house.members["mate"], house.members["owner"], house.ids["hidden"]
    with transaction.atomic(), bound(house.organisation.id):
        OutboxMessage.objects.update(state=OutboxMessage.State.SENT)
        Organisation.objects.filter(pk=house.organisation.id).update(name=text)
        for model in (Incident, Service, Team):
            poison(model, text)
        Membership.objects.update(name=Concat(Value(text), F("pk")))
        actions.reply(mate, number=number, text=text)
        actions.hold(mate, number=number, facts=Hold(reason=HoldReason.REQUESTER, text=text))
        actions.comment(owner, number=number, text=text)
        actions.resolve(mate, number=number, resolution=Resolution(code="fixed", note=text, tested_how=text))
        actions.reject(owner, number=number, text=text)
        actions.cancel(mate, number=number, ending="not_incident", text=text)
        people.invite(house.members["administrator"], mail="nia@people.example", name=text)
        made = [bytes(build(one)) for one in OutboxMessage.objects.filter(state="pending")]
        transaction.set_rollback(True)
    return [cast(EmailMessage, message_from_bytes(raw, EmailMessage, policy=policy.default)) for raw in made]


@pytest.mark.parametrize("text", [EVIL, CUT], ids=["markup", "line breaks"])
def test_what_people_write_stays_inside_a_mail(text: str, world: World) -> None:
    written = mails(world, text)
    assert len(written) >= 6
    for mail in written:
        assert sorted(mail.keys()) == sorted(set(mail.keys()) & HEADERS)
        [to] = mail["To"].addresses
        assert to.domain in ("harbour.example", "people.example")
        html = mail.get_body(("html",))
        assert html
        assert TAG not in html.get_content()
        assert "<b>hello" not in html.get_content()


# --- the log
def test_no_text_begins_a_line_of_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    line = "x\r\n2026-11-22 CRITICAL root: all is lost\x1b[31m"
    with caplog.at_level(logging.DEBUG, "django"):
        for extra in ({"HTTP_USER_AGENT": line}, {"HTTP_ORIGIN": line}, {"HTTP_REFERER": line}, {"HTTP_HOST": line}):
            for path in ("/x%0d%0aCRITICAL%1b/", "/report/"):
                for method in ("GET", "POST"):
                    ask(world.harbour, "", method, path, strict=True, **extra)
    messages = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert messages
    assert [text for text in messages if set(text) & set("\r\n\x1b")] == []
