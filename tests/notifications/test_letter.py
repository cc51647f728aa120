"""A mail as it is written: what other programs read is what we meant, and no header begins another line."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.letter import BadHeader, Letter, picture


def letter(text: str = "Hello", html: str = "<p>Hello</p>", content: bytes = b"", **headers: str) -> bytes:
    """The bytes of a mail."""
    return bytes(Letter("desk@a.example", "ada@b.example", tuple(headers.items()), text, html, content))


def read(content: bytes) -> EmailMessage:
    """The mail as somebody else's program reads it."""
    return message_from_bytes(content, EmailMessage, policy=policy.SMTP)


def words(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body((kind,))
    assert part is not None
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_arrives_unchanged_but_for_its_line_ends(text: str) -> None:
    content = letter(text, text)
    parsed = read(content)
    meant = text.replace("\r\n", "\n").replace("\r", "\n")
    assert words(parsed, "plain").replace("\r\n", "\n") == words(parsed, "html").replace("\r\n", "\n") == meant
    assert parsed.defects == []


@given(st.text())
def test_it_is_made_of_short_lines_of_ascii(text: str) -> None:
    lines = letter(text, text, picture(b"\x89PNG\x00" * 200, "png", "logo")).split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 100
    assert all(line.isascii() for line in lines)


@pytest.mark.parametrize(
    "value",
    [
        "a\nBcc: evil@x.example",
        "a\r\nBcc: evil@x.example",
        "a\rb",
        "a\n\nb",
        "a\n ",
        "a\n \nb",
        "a\x00",
        "a\x85b",
        "ä",
        "a" * 998,
    ],
)
def test_what_would_begin_another_line_is_refused(value: str) -> None:
    with pytest.raises(BadHeader):
        letter(Subject=value)


def test_a_folded_header_is_one() -> None:
    parsed = read(letter(Subject="one\n two"))
    assert parsed["Subject"] == "one two"
    assert set(parsed.keys()) == {"Subject", "Date", "MIME-Version", "Content-Type"}


def test_a_picture_belongs_to_the_html() -> None:
    parsed = read(letter(content=picture(b"\x89PNG" * 100, "png", "logo")))
    assert parsed.get_content_type() == "multipart/related"
    words, shown = parsed.iter_parts()
    assert words.get_content_type() == "multipart/alternative"
    assert (shown["Content-ID"], shown.get_content_disposition()) == ("<logo>", "inline")
    assert shown.get_content() == b"\x89PNG" * 100
