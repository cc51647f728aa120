"""The development page that shows what the mail catcher kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from notifications import delivery
from tests.notifications.sink import Sink


@pytest.fixture
def mailbox(tmp_path: Path, settings: Settings) -> Path:
    """A folder of mails of this test's own."""
    settings.MAILBOX_DIR = str(tmp_path / "mail")
    Path(settings.MAILBOX_DIR).mkdir()
    return Path(settings.MAILBOX_DIR)


def keep(folder: Path, name: str, content: bytes) -> None:
    (folder / f"{name}.eml").write_bytes(content)


SIMPLE = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Hello\r\n\r\nLook: http://harbour.example/x?a=1 <script>"


def test_an_empty_mailbox_says_so(stranger: Client, mailbox: Path) -> None:
    assert b"No mails" in stranger.get("/dev/mail/").content
    mailbox.rmdir()
    assert b"No mails" in stranger.get("/dev/mail/").content


def test_the_newest_mail_stands_first_and_can_be_searched(stranger: Client, mailbox: Path) -> None:
    keep(mailbox, "20261122T100000.000000Z-aaaaaaaa", SIMPLE)
    keep(mailbox, "20261122T110000.000000Z-aaaaaaaa", SIMPLE.replace(b"Hello", b"Later").replace(b"c@d", b"e@f"))
    page = stranger.get("/dev/mail/").content.decode()
    assert page.index("Later") < page.index("Hello")
    page = stranger.get("/dev/mail/", {"q": "E@F.example"}).content.decode()
    assert "Later" in page
    assert "Hello" not in page


def test_the_text_is_escaped_and_its_links_can_be_clicked(stranger: Client, mailbox: Path) -> None:
    keep(mailbox, "one", SIMPLE)
    page = stranger.get("/dev/mail/one/").content.decode()
    assert '<a href="http://harbour.example/x?a=1"' in page
    assert "&lt;script&gt;" in page
    assert "<iframe" not in page
    assert stranger.get("/dev/mail/one/html/").content == b""


@pytest.mark.django_db(transaction=True)
def test_a_mail_of_ours_can_be_read_and_clicked(
    stranger: Client, mailbox: Path, sink: Sink, post: Callable[..., str]
) -> None:
    link: dict[str, Any] = {"confirm": {"purpose": "confirm", "claims": {"number": 1042}}}
    post(kind="incident_resolved", facts={"links": link, "text": "Größer"})
    delivery.deliver_due()
    keep(mailbox, "one", sink.kept[0].as_bytes())
    page = stranger.get("/dev/mail/one/")
    assert "/answer/confirm/" in page.content.decode()
    assert "Auto-Submitted" in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    html = stranger.get("/dev/mail/one/html/")
    assert "Größer" in html.content.decode()
    assert '<base target="_blank">' in html.content.decode()
    assert "sandbox allow-popups" in html["Content-Security-Policy"]
    assert "script-src" not in html["Content-Security-Policy"]
    assert "default-src 'none'" in html["Content-Security-Policy"]
    assert html["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("name", ["..", "%2e%2e%2fsecret", "..%2Fsecret", "nothing", "a" * 300])
def test_only_mails_are_found(stranger: Client, mailbox: Path, name: str) -> None:
    keep(mailbox.parent, "secret", SIMPLE)
    assert stranger.get(f"/dev/mail/{name}/").status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: =?utf-8?q?=ff=fe?=\r\nTo: <<>>,,;\r\n\r\n\xff",
        b"Message-ID: <[>\r\nFrom: \r\n\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nHi",
        b"Content-Type: text/html; charset=nonsense\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
    ],
)
def test_a_broken_mail_breaks_no_page(stranger: Client, mailbox: Path, content: bytes) -> None:
    keep(mailbox, "broken", content)
    for address in ("/dev/mail/", "/dev/mail/broken/", "/dev/mail/broken/html/"):
        assert stranger.get(address).status_code == 200


def test_the_page_can_only_be_read(stranger: Client, mailbox: Path) -> None:
    assert stranger.post("/dev/mail/").status_code in (403, 405)


def test_the_product_itself_has_no_such_page() -> None:
    from config.settings import base

    assert base.ROOT_URLCONF == "config.urls"
    assert django_settings.ROOT_URLCONF != base.ROOT_URLCONF
    assert "dev" not in (Path(django_settings.ROOT) / "config" / "urls.py").read_text()
