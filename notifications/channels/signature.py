"""The signature of an outgoing webhook, by the Standard Webhooks specification: who gets one can prove whose it is.

``webhook-id`` stays the same however often a message is handed over, so that a receiver can do it once;
``webhook-timestamp`` keeps an old one from being played again; ``webhook-signature`` holds one signature for every
secret in use, so that a secret can be changed without a gap. The channel itself comes with the first receivers.
"""

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

PREFIX = "whsec_"
VERSION = "v1"
TOLERANCE = timedelta(minutes=5)
SHORTEST, LONGEST = 24, 64


class BadSecret(ValueError):
    """This is no secret of the specification."""


class BadSignature(Exception):
    """The message was not signed with one of the secrets, or not lately."""


def new_secret() -> str:
    """Return a secret of 32 random bytes, as it is told to the receiver."""
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def sign(body: bytes, *, message_id: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers; the newest secret comes first, one that is being retired after it."""
    if not secrets or "." in message_id:
        raise ValueError("A webhook needs a secret, and an id without a full stop.")
    moment = str(int(at.timestamp()))
    signatures = [f"{VERSION},{_signature(body, message_id, moment, secret)}" for secret in secrets]
    return {"webhook-id": message_id, "webhook-timestamp": moment, "webhook-signature": " ".join(signatures)}


def verify(body: bytes, headers: Mapping[str, str], *, now: datetime, secrets: Sequence[str]) -> str:
    """Return the message's id; raise `BadSignature`.

    ``body`` are the bytes as they came; the names of ``headers`` are in small letters.
    """
    message_id, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        raise BadSignature("It says neither which message it is nor when it was sent.")
    if abs(now.timestamp() - int(moment)) > TOLERANCE.total_seconds():
        raise BadSignature("It was sent too long ago, or in the future.")
    given = [one.partition(",") for one in headers.get("webhook-signature", "").split()]
    claimed = [signature.encode() for version, _comma, signature in given if version == VERSION]
    wanted = [_signature(body, message_id, moment, secret).encode() for secret in secrets]
    # All are compared, each in constant time: how long it takes tells nothing.
    matches = [hmac.compare_digest(one, other) for one in claimed for other in wanted]
    if not any(matches):
        raise BadSignature("None of the secrets made this signature.")
    return message_id


def _signature(body: bytes, message_id: str, moment: str, secret: str) -> str:
    whole = f"{message_id}.{moment}.".encode() + body
    return base64.b64encode(hmac.new(_key(secret), whole, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret("A webhook's secret is whsec_ and base64.") from error
    if not SHORTEST <= len(key) <= LONGEST:
        raise BadSecret(f"A webhook's secret has {SHORTEST} to {LONGEST} bytes.")
    return key
