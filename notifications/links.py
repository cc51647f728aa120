"""Links in mails that act without a login: sealed for one purpose and one organisation, and only for a while.

A token is encrypted, not just signed: what it holds are numbers of our rows, and they would tell how many there are.
A link proves that somebody read the mail, nothing more. What it is good for, and whether it was used, is asked of
the record when it is opened; a GET only ever shows.
"""

import base64
import hashlib
import json
import time
from datetime import timedelta
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

VALID_FOR = timedelta(days=30)
WHY = "why"
"""The purpose of a link that only explains a message to whoever got it; good for as long as mails are looked up."""
WHY_VALID_FOR = timedelta(days=365)


class BadLink(Exception):
    """The link can't be used."""


class Broken(BadLink):
    """It was cut, changed, made up, or signed for another purpose."""


class Expired(BadLink):
    """It was good, and is too old."""


class Foreign(BadLink):
    """It is good, in another organisation."""


def sign(purpose: str, claims: dict[str, Any], organisation_id: int) -> str:
    """Return the token that stands for the claims; only this installation can read or make one."""
    facts = json.dumps([organisation_id, claims], separators=(",", ":")).encode()
    return _box(purpose).encrypt(facts).decode().rstrip("=")


def read(token: str, purpose: str, organisation_id: int, valid_for: timedelta = VALID_FOR) -> dict[str, Any]:
    """Return the claims; raise `Broken`, `Expired` or `Foreign`."""
    whole = token + "=" * (-len(token) % 4)
    try:
        raw = whole.encode("ascii")
        if base64.urlsafe_b64encode(base64.urlsafe_b64decode(raw)) != raw:
            raise Broken  # the same bytes, spelled in another way
        made_for, claims = json.loads(_box(purpose).decrypt(raw))
        age = time.time() - _box(purpose).extract_timestamp(raw)
    except (InvalidToken, ValueError) as error:
        raise Broken from error
    if age > valid_for.total_seconds():
        raise Expired
    if made_for != organisation_id:
        raise Foreign
    return dict(claims)


def url(base: str, purpose: str, claims: dict[str, Any], organisation_id: int) -> str:
    """Return the whole address for a mail."""
    return f"{base}/answer/{purpose}/{sign(purpose, claims, organisation_id)}/"


def _box(purpose: str) -> MultiFernet:
    """A key of its own for every purpose; retired secrets still open what they sealed."""
    return _made_box(purpose, (str(settings.SECRET_KEY), *map(str, settings.SECRET_KEY_FALLBACKS)))


@lru_cache(maxsize=32)
def _made_box(purpose: str, secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(purpose, secret)) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"notifications.links.{purpose}.{secret}".encode()).digest())
