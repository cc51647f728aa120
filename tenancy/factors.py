"""The second factor's secrets, locked up where they are kept: whoever reads a dump can't make codes."""

import base64
import logging
import secrets
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter

from tenancy.lockbox import Unreadable, lock, lock_anew, unlock

log = logging.getLogger(__name__)
PURPOSE = "second factor"


class Factors(DefaultMFAAdapter):
    """allauth's second factor, with its secrets locked."""

    def encrypt(self, text: str) -> str:
        """Lock a secret before it is kept."""
        return lock(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Unlock it; what can't be unlocked becomes a secret that nobody knows, so that no code fits."""
        try:
            return unlock(encrypted_text, purpose=PURPOSE)
        except Unreadable:
            log.error("A second factor can't be read: is the key that locked it missing from SECRET_KEY_FALLBACKS?")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def locked_anew(data: dict[str, Any]) -> dict[str, Any]:
    """What a factor holds, with each secret as the present key locks it."""
    anew: dict[str, Any] = {name: lock_anew(data[name], purpose=PURPOSE) for name in ("secret", "seed") if name in data}
    if "migrated_codes" in data:
        anew["migrated_codes"] = [lock_anew(code, purpose=PURPOSE) for code in data["migrated_codes"]]
    return {**data, **anew}
