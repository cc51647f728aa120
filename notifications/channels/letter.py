"""A mail as it goes over the line: headers that nobody can inject into, words that every relay lets through unchanged.

The `email` package would parse each header and each text before it writes them; that took longer than all the rest of
sending. Here every part has one shape, so it is only written.
"""

import base64
import binascii
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import formatdate

CRLF = b"\r\n"
# The longest line that a server must take (RFC 5322), without its end.
LONGEST = 998


class BadHeader(ValueError):
    """This can't stand in a header."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one address: its text, the same as HTML, and perhaps a picture that belongs to the HTML.

    The values of ``headers`` are encoded already; a line break in them is refused unless it folds.
    """

    sender: str
    to: str
    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    picture: bytes = b""

    def __bytes__(self) -> bytes:
        """What is handed over after DATA."""
        head = [
            _header(name, value) for name, value in (*self.headers, ("Date", formatdate()), ("MIME-Version", "1.0"))
        ]
        words = _multipart("alternative", [_text("plain", self.text), _text("html", self.html)])
        return b"".join([*head, _multipart("related", [words, self.picture]) if self.picture else words])


def _header(name: str, value: str) -> bytes:
    lines = value.split("\n")
    if not value.isascii() or not _folds(lines):
        raise BadHeader(f"Not a value of {name}: {value!r}")
    if max(map(len, lines)) + len(name) + 2 > LONGEST:
        raise BadHeader(f"Too long for {name}")
    return f"{name}: ".encode("ascii") + value.encode("ascii").replace(b"\n", CRLF) + CRLF


def _folds(lines: list[str]) -> bool:
    """Whether each line is one, and all but the first begin with a blank and go on with something."""
    return all(line.isprintable() for line in lines) and all(line[:1] == " " and line.strip() for line in lines[1:])


def _text(subtype: str, words: str) -> bytes:
    """A part of text. Quoted-printable passes servers that know nothing but ASCII, and lines can be of any length."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n")
    quoted = binascii.b2a_qp(lines.encode(errors="replace")).replace(b"\n", CRLF)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return head.encode("ascii") + quoted


def picture(content: bytes, subtype: str, name: str) -> bytes:
    """A part that the HTML shows as ``cid:name``."""
    head = (
        f"Content-Type: image/{subtype}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{name}>\r\nContent-Disposition: inline\r\n\r\n"
    )
    return head.encode("ascii") + base64.encodebytes(content).replace(b"\n", CRLF)


def _multipart(subtype: str, parts: Iterable[bytes]) -> bytes:
    """Parts between boundaries; quoted-printable and base64 have no line that begins with ``--=_``."""
    boundary = f"=_{secrets.token_hex(12)}"
    between = f"--{boundary}\r\n".encode("ascii")
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
    return b"".join([head, *(between + part + CRLF for part in parts), f"--{boundary}--\r\n".encode("ascii")])
