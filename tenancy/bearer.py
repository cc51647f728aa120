"""What an API token looks like, and the one thing that is kept of it.

``stw_``, 43 letters and digits (256 random bits), and six more that are a check sum of all before: whoever scans code
and logs for leaked tokens knows one of ours on sight, and a mistyped one is refused without asking the database.
"""

import hashlib
import re
import secrets
import string
import zlib

PREFIX = "stw_"
ALPHABET = string.digits + string.ascii_letters
SECRET_DIGITS = 43  # 62 ** 43 is just above 2 ** 256
CHECK_DIGITS = 6
SHAPE = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_DIGITS + CHECK_DIGITS}}}")


def make() -> str:
    """Return a new token."""
    start = PREFIX + _spelled(secrets.randbits(256), SECRET_DIGITS)
    return start + _check(start)


def is_one(text: str) -> bool:
    """Whether the text could be a token of ours."""
    return bool(SHAPE.fullmatch(text)) and _check(text[:-CHECK_DIGITS]) == text[-CHECK_DIGITS:]


def hash_of(token: str) -> str:
    """What is kept of a token. It is random enough to need no slow hash and no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


def _check(start: str) -> str:
    return _spelled(zlib.crc32(start.encode()), CHECK_DIGITS)


def _spelled(number: int, length: int) -> str:
    digits = ""
    while len(digits) < length:
        number, rest = divmod(number, len(ALPHABET))
        digits = ALPHABET[rest] + digits
    return digits
