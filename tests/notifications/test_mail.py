"""What a mail looks like: headers that nobody can inject into, words in the recipient's tongue, threads."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from notifications import delivery, links
from notifications.channels import mail
from notifications.channels.envelope import BadAddress, checked, mailbox, one_line
from notifications.channels.page import Page, _drawn
from notifications.models import OutboxMessage
from tenancy.colours import READABLE, contrast_with_white
from tests.notifications.conftest import FACTS
from tests.notifications.sink import Sink

HOME = 987_654_321
LETTERHEAD = {
    "base": "https://desk.harbour.example",
    "organisation": {
        "name": "Harbour & Sons",
        "colour": "#1d4ed8",
        "sender": "desk@harbour.example",
        "host": "desk.harbour.example",
    },
}
KINDS = sorted(path.name.removesuffix(".subject.txt") for path in Path("templates/mail").glob("*.subject.txt"))
WHYS = ["reporter", "assignee", "affected", "participant", "watcher", "stakeholder", "invited", "account", ""]
CLAIMS = {"number": 1042}
ALL_LINKS = {name: {"purpose": name, "claims": CLAIMS} for name in ("answer", "confirm", "reject", "contest")}
FULL = {
    "text": "It works again.",
    "links": ALL_LINKS,
    "closes_at": "2026-11-27T23:30:00+00:00",
    "contest_until": "2026-11-27T23:30:00+00:00",
    "expires_at": "2026-11-27T23:30:00+00:00",
    "inviter": "Greta Holm",
    "subject": "Your code",
    "body": "It is 123456.",
}


def message(kind: str = "incident_replied", facts: dict[str, Any] | None = None, **fields: Any) -> OutboxMessage:
    """Make a row that needs no database."""
    defaults: dict[str, Any] = {
        "organisation_id": HOME,
        "address": "ada@people.example",
        "name": "Ada Marsh",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "thread": "incident-1042",
        "message_id": "<0123456789abcdef@desk.harbour.example>",
    }
    return OutboxMessage(kind=kind, facts=FACTS | (facts or {}) | LETTERHEAD, **(defaults | fields))


def sent(row: OutboxMessage) -> EmailMessage:
    """The mail as somebody else's program reads it."""
    return message_from_bytes(bytes(mail.build(row)), EmailMessage, policy=policy.default)


def text_of(parsed: EmailMessage, kind: str = "plain") -> str:
    part = parsed.get_body((kind,))
    assert part is not None
    return str(part.get_content())


class TestHeaders:
    def test_every_mail_has_what_the_other_side_needs(self) -> None:
        mail = sent(message())
        assert mail["From"].addresses[0].display_name == "Harbour & Sons"
        assert mail["From"].addresses[0].addr_spec == "desk@harbour.example"
        assert mail["To"].addresses[0].addr_spec == "ada@people.example"
        assert mail["Message-ID"] == "<0123456789abcdef@desk.harbour.example>"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert mail["Content-Language"] == "en"
        assert mail["X-Stillwater-Loop"] == "desk.harbour.example"
        assert "[INC-1042]" in mail["Subject"]
        assert mail["Reply-To"] is None
        assert mail["Date"].datetime is not None
        assert mail.get_content_type() == "multipart/alternative"

    def test_the_mails_of_one_incident_stand_together(self) -> None:
        first, second = sent(message()), sent(message("incident_resolved", address="ben@people.example"))
        assert first["References"] == first["In-Reply-To"] == second["References"]
        assert first["References"].endswith(".thread@desk.harbour.example>")

    def test_other_incidents_and_organisations_stand_apart(self) -> None:
        elsewhere = message()
        elsewhere.facts["organisation"] = {**LETTERHEAD["organisation"], "host": "quill.example"}
        roots = {sent(row)["References"] for row in (message(), message(thread="incident-1043"), elsewhere)}
        assert len(roots) == 3

    def test_what_belongs_to_no_thread_answers_nothing(self) -> None:
        assert sent(message(thread=""))["References"] is None

    @pytest.mark.parametrize(
        "address",
        [
            "a@b.example, evil@x.example",
            "a@b.example,evil@x.example",
            "a@b.example;evil@x.example",
            "a@b.example evil@x.example",
            "a@b.example\nBcc: evil@x.example",
            "a@b.example\r\nBcc: evil@x.example",
            "a@b.example\u2028Bcc: evil@x.example",
            "a@b.example\x00",
            "a@b.example\x0bevil@x.example",
            "<a@b.example> evil@x.example",
            "Ada <a@b.example>",
            "(comment)a@b.example",
            '"a b"@b.example',
            '"a@x.example,"@b.example',
            "group: a@b.example, evil@x.example;",
            "a@b@c.example",
            "a@[127.0.0.1]",
            "@b.example",
            "a@",
            "a",
            "",
            "ädä@b.example",
            "a@b.example.",
            "a@" + "b" * 300 + ".example",
            "=?utf-8?q?a=40b=2Eexample?=",
        ],
    )
    def test_what_is_not_one_address_is_refused(self, address: str) -> None:
        with pytest.raises(BadAddress):
            mail.build(message(address=address))

    @pytest.mark.parametrize("address", ["o'brien+desk@b.example", "a.b_c-d@sub.b.example", "x@xn--bcher-kva.example"])
    def test_unusual_addresses_are_fine(self, address: str) -> None:
        assert checked(address) == address

    def test_international_domains_travel_as_punycode(self) -> None:
        assert checked("ada@bücher.example") == "ada@xn--bcher-kva.example"

    @pytest.mark.parametrize(
        "name",
        [
            "Ada\r\nBcc: evil@x.example",
            "Ada\nBcc: evil@x.example\n\nHello",
            "Ada\u2028Bcc: evil@x.example",
            "Ada\u2029X",
            "Ada\x85X",
            "Ada\x00\x0b\x0c\x1c\x1d\x1e",
            'Ada" <evil@x.example>, "Marsh',
            "evil@x.example, Ada",
            "Ada <evil@x.example>",
            "Ada, Ben; Chloe: (x)",
            "\\",
            "Ädä, Märsh <evil@x.example>",
            "\u202egnp.exe",
            "=?utf-8?q?evil=40x=2Eexample=2C?=",
            "A" * 5000,
            "漢字" * 200,
        ],
    )
    def test_no_name_reaches_beyond_its_place(self, name: str) -> None:
        row = message(name=name, facts={"title": name, "actor_name": name})
        row.facts["organisation"] = {**LETTERHEAD["organisation"], "name": name}
        parsed = sent(row)
        assert parsed["Bcc"] is None
        assert [address.addr_spec for address in parsed["To"].addresses] == ["ada@people.example"]
        assert [address.addr_spec for address in parsed["From"].addresses] == ["desk@harbour.example"]
        assert set(parsed.keys()) == set(sent(message()).keys())
        assert len(parsed["Subject"]) <= 210
        assert not re.search("[\x00-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069]", parsed["Subject"])

    @given(st.text())
    def test_a_mailbox_has_one_line_and_one_address(self, name: str) -> None:
        written = mailbox(name, "ada@people.example")
        assert len(written.splitlines()) == 1
        assert written.endswith(("ada@people.example", "<ada@people.example>"))

    @given(st.text())
    def test_one_line_is_one_line(self, text: str) -> None:
        assert len(one_line(text).splitlines()) <= 1
        assert one_line(one_line(text)) == one_line(text)


class TestWords:
    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
    @pytest.mark.parametrize("why", WHYS)
    @pytest.mark.parametrize("facts", [{}, FULL], ids=["few", "full"])
    def test_every_kind_can_be_sent_to_everybody(
        self, kind: str, language: str, why: str, facts: dict[str, Any]
    ) -> None:
        parsed = sent(message(kind, {"subject": "Your code", "body": "", **facts, "why": why}, language=language))
        assert parsed["Content-Language"] == language
        assert parsed["Subject"].strip("[]INC-1042 ")
        for kind_of_text in ("plain", "html"):
            words = text_of(parsed, kind_of_text)
            assert "Harbour &" in words
            assert "{{" not in words
            assert "{%" not in words
            assert "None" not in words
            assert str(HOME) not in words
        assert "\n\n\n" not in text_of(parsed)
        assert "&amp;" not in text_of(parsed)
        assert "&#x27;" not in text_of(parsed)

    def test_other_people_s_words_are_escaped_in_html_and_plain_in_text(self) -> None:
        evil = "<script>alert('1')</script> & <b>\"x\"</b>"
        parsed = sent(message(name=evil, facts={"title": evil, "text": evil, "actor_name": evil}))
        assert evil in text_of(parsed)
        assert "<script>" not in text_of(parsed, "html")
        assert "<b>" not in text_of(parsed, "html")
        assert "&lt;script&gt;" in text_of(parsed, "html")

    def test_dates_are_the_recipient_s(self) -> None:
        """23:30 in Greenwich is the next day in Berlin, and both are written as people there do."""
        late = {"closes_at": "2026-11-27T23:30:00+00:00", "links": ALL_LINKS}
        berlin = Page.of(message("incident_resolved", late, language="de"))
        london = Page.of(message("incident_resolved", late, time_zone="Europe/London"))
        assert "28. November 2026" in berlin.text
        assert "28. November 2026" in berlin.html
        assert "27 November 2026" in london.text
        assert "27 November 2026" in london.html
        assert berlin.language == "de"
        assert 'lang="de"' in berlin.html

    @pytest.mark.parametrize(("language", "zone"), [("xx", "Mars/Olympus"), ("", ""), ("../de", "../../etc/passwd")])
    def test_an_unknown_tongue_or_zone_is_ours(self, language: str, zone: str) -> None:
        page = Page.of(message("incident_resolved", FULL, language=language, time_zone=zone))
        assert page.language == "en"
        assert "27 November 2026" in page.text

    def test_a_regional_language_finds_its_mother(self) -> None:
        assert Page.of(message(language="de-at")).language == "de"

    def test_the_links_are_signed_for_the_organisation(self) -> None:
        parsed = sent(message("incident_resolved", {"links": ALL_LINKS}))
        for kind in ("plain", "html"):
            found = re.findall(r"https://desk\.harbour\.example/answer/(\w+)/([^/\"\s]+)/", text_of(parsed, kind))
            assert [purpose for purpose, _ in found] == ["confirm", "reject"]
            assert all(links.read(token, purpose, HOME) == CLAIMS for purpose, token in found)

    def test_only_the_reporter_is_asked_to_confirm(self) -> None:
        page = Page.of(message("incident_resolved", {"why": "affected"}))
        assert "/answer/" not in page.text
        assert "Solved:" in page.subject
        assert "Solved?" in Page.of(message("incident_resolved", {"links": ALL_LINKS})).subject

    def test_without_images_or_anything_from_outside(self) -> None:
        for kind in KINDS:
            html = Page.of(message(kind, FULL)).html
            assert not re.search(r"<(img|script|link|iframe|object)|url\(|@import|srcset", html)
            assert set(re.findall(r'(?:href|src)="(https?://[^/"]+)', html)) <= {LETTERHEAD["base"]}

    def test_the_logo_travels_with_the_mail(self, settings: Any, tmp_path: Path) -> None:
        local = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = {**settings.STORAGES, "default": local}
        Image.new("RGB", (512, 512), "red").save(tmp_path / "logo.png")
        for name, travels in (("logo.png", True), ("gone.png", False), ("", False)):
            row = message()
            row.facts["organisation"] = {**LETTERHEAD["organisation"], "logo": name}
            parsed = sent(row)
            pictures = [part for part in parsed.walk() if part.get_content_maintype() == "image"]
            assert re.findall(r'<img src="([^"]*)"', text_of(parsed, "html")) == (["cid:logo"] if name else [])
            assert [(one["Content-ID"], len(one.get_content()) < 10_000) for one in pictures] == (
                [("<logo>", True)] if travels else []
            )

    @pytest.mark.parametrize("colour", ["#1d4ed8", "#facc15", "#ffffff", "#000000"])
    def test_the_button_can_be_read_on_every_colour(self, colour: str) -> None:
        row = message()
        row.facts["organisation"] = {**LETTERHEAD["organisation"], "colour": colour}
        button = re.search(r'class="loud" style="[^"]*background:(#\w{6});[^"]*".*?color:#ffffff;', Page.of(row).html)
        assert button
        assert contrast_with_white(button[1]) >= READABLE

    def test_blank_lines_of_the_writer_stay_within_reason(self) -> None:
        assert "one\n> \n> two" in Page.of(message(facts={"text": "one\n\ntwo"})).text


@pytest.mark.django_db(transaction=True)
def test_awkward_words_survive_the_journey(sink: Sink, post: Callable[..., str]) -> None:
    title = "Größe 5 € – “漢字” 🙂 & <b>"
    long = "x" * 3000
    post(
        facts={"title": title, "text": f".\n.leading dot\nFrom here\n{long}", "actor_name": "Zoë"},
        kind="incident_replied",
    )
    delivery.deliver_due()
    (kept,) = sink.kept
    assert kept["Subject"] == f"[INC-1042] News: {title}"
    assert f"> .\n> .leading dot\n> From here\n> {long}" in text_of(kept).replace("\r\n", "\n")


@pytest.mark.django_db(transaction=True)
def test_the_envelope_has_one_recipient_and_our_sender(sink: Sink, post: Callable[..., str]) -> None:
    post("ada@people.example", ago=timedelta(minutes=1))
    delivery.deliver_due()
    assert sink.envelopes == [(str(sink.kept[0]["From"].addresses[0].addr_spec), ["ada@people.example"])]


class TestRenderedOnce:
    """What happened is rendered once for all who are told of it in the same words; each still gets their own mail."""

    def test_each_has_their_own_name_and_links(self) -> None:
        first = Page.of(message("incident_resolved", {"links": ALL_LINKS}, name="Ada & Co"))
        other = {"confirm": {"purpose": "confirm", "claims": {"number": 7}}}
        second = Page.of(message("incident_resolved", {"links": ALL_LINKS | other}, name="Ben <b>"))
        assert "Hello Ada & Co," in first.text
        assert "Hello Ada &amp; Co," in first.html
        assert "Hello Ben <b>," in second.text
        assert "Hello Ben &lt;b&gt;," in second.html
        (token,) = set(re.findall(r"/answer/confirm/([^/\"\s]+)/", second.text + second.html))
        assert links.read(token, "confirm", HOME) == {"number": 7}

    def test_the_same_words_are_rendered_once(self) -> None:
        _drawn.cache_clear()
        for name in ("Ada", "Ben", "Chloe"):
            Page.of(message(name=name))
        assert _drawn.cache_info().misses == 1

    @pytest.mark.parametrize(
        "fields",
        [
            {"facts": {"title": "Another"}},
            {"language": "de"},
            {"time_zone": "UTC"},
            {"kind": "incident_closed"},
            {"name": ""},
        ],
        ids=str,
    )
    def test_other_words_are_rendered_anew(self, fields: dict[str, Any]) -> None:
        _drawn.cache_clear()
        Page.of(message())
        Page.of(message(**fields))
        assert _drawn.cache_info().misses == 2

    def test_nothing_is_kept_of_secrets(self) -> None:
        _drawn.cache_clear()
        Page.of(message("account_message", {"subject": "Your code", "body": "123456"}, forget=True))
        assert _drawn.cache_info().currsize == 0
