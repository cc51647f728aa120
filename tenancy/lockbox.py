"""Secrets that have to be read again are kept locked up: by a key that is made of SECRET_KEY and the secret's purpose.

Retired keys (``SECRET_KEY_FALLBACKS``) still open what they locked; ``manage.py lock_factors`` locks all of it anew.

A row's number that has to leave the house, in a link, is *veiled*: short, and always the same for the same number.
"""

import base64
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings


class Unreadable(Exception):
    """No key that we have opens it."""


def lock(text: str, *, purpose: str) -> str:
    """Return what may be kept of a secret."""
    return _box(purpose).encrypt(text.encode()).decode()


def unlock(locked: str, *, purpose: str) -> str:
    """Return the secret; raise `Unreadable` when it was locked by another key, or never."""
    try:
        return _box(purpose).decrypt(locked.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise Unreadable from error


def lock_anew(locked: str, *, purpose: str) -> str:
    """Return the secret as the present key locks it; one that was never locked is locked now."""
    try:
        return lock(unlock(locked, purpose=purpose), purpose=purpose)
    except Unreadable:
        if locked.startswith("gAAAA"):  # what every locked text begins with, and no code or seed of a second factor
            raise
        return lock(locked, purpose=purpose)


def veil(number: int, *, purpose: str) -> str:
    """Return 48 hexadecimal digits that stand for the number."""
    return AESSIV(_raw(purpose, settings.SECRET_KEY)).encrypt(number.to_bytes(8), None).hex()


def unveil(code: str, *, purpose: str) -> int:
    """Return the number; raise `Unreadable` for anything that was not veiled by a key of ours."""
    for secret in _secrets():
        try:
            return int.from_bytes(AESSIV(_raw(purpose, secret)).decrypt(bytes.fromhex(code), None))
        except (InvalidTag, ValueError):
            continue
    raise Unreadable


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_raw(purpose, secret))) for secret in _secrets()])


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def _raw(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"tenancy.lockbox.{purpose}.{secret}".encode()).digest()
