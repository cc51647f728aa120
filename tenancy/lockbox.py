"""Secrets that have to be read again are kept locked up: by a key that is made of SECRET_KEY and the secret's purpose.

Retired keys (``SECRET_KEY_FALLBACKS``) still open what they locked; ``manage.py lock_factors`` locks all of it anew.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
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


def _box(purpose: str) -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(purpose, str(secret))) for secret in secrets])


def _key(purpose: str, secret: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(f"tenancy.lockbox.{purpose}.{secret}".encode()).digest())
