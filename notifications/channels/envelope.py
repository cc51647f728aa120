"""What goes into the headers of a mail: exactly one address each, and no character that could begin another line."""

import re
import unicodedata
from email.header import Header
from email.utils import formataddr, parseaddr
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Brackets, commas and quotes make one address two; nobody's real address needs them.
_FORBIDDEN = re.compile(r'[\s,;:<>()\[\]\\"\x00-\x20\x7f-\U0010ffff]')
# Marks that turn the direction of what follows.
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
KEPT = 1000
"""So many addresses are not looked at again: an organisation's is the sender of all its mails."""
_BREAKING = {"Cc", "Zl", "Zp", "Cs"}


class BadAddress(ValueError):
    """No mail can be sent to this address."""


def one_line(text: str, longest: int = 200) -> str:
    """Return the text without line breaks, control characters and marks that turn its direction."""
    calm = "".join(" " if unicodedata.category(character) in _BREAKING else character for character in text)
    words = " ".join(_TURNING.sub("", calm).split())
    return words if len(words) <= longest else words[: longest - 1].rstrip() + "…"


@lru_cache(maxsize=KEPT)
def checked(address: str) -> str:
    """Return the address if it is exactly one; international domains as punycode. Raise `BadAddress` otherwise."""
    local, at, domain = address.rpartition("@")
    try:
        address = f"{local}{at}{domain.encode('idna').decode()}"
        validate_email(address)
    except (ValidationError, UnicodeError) as error:
        raise BadAddress(f"Not a mail address: {address!r}") from error
    if _FORBIDDEN.search(address) or parseaddr(address)[1] != address:
        raise BadAddress(f"Not one mail address: {address!r}")
    return address


@lru_cache(maxsize=KEPT)
def mailbox(name: str, address: str) -> str:
    """Return ``"Name" <address>`` for a header."""
    return formataddr((one_line(name, 100), checked(address)), "utf-8")


def subject(text: str) -> str:
    """Return the text as a header can carry it, in pieces of which the first fits behind ``Subject:``."""
    return text if text.isascii() else Header(text, "utf-8", header_name="Subject").encode()
