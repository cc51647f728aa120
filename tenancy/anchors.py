"""Anchors: where an organisation's chain of seals had come to, signed, to be kept outside of the database.

Whoever owns the database can write a chain anew, or cut its end off; not so that it still fits an anchor.
"""

import json
from dataclasses import asdict, dataclass, fields

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PURPOSE = "tenancy.trail.anchor"


class BadAnchor(ValueError):
    """This line is not an anchor of this installation."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The newest seal of one organisation at one moment; ``hash`` in hexadecimal digits, ``at`` as ISO text."""

    organisation_id: int
    organisation: str
    position: int
    entry_id: int
    hash: str
    at: str

    def line(self) -> str:
        """Return it signed, as one line of JSON."""
        return json.dumps(asdict(self) | {"signature": _signature(self, str(settings.SECRET_KEY))})


def read(line: str) -> Anchor:
    """Return what the line says; raise `BadAnchor` unless this installation signed it, with this secret or a former."""
    try:
        found = json.loads(line)
        anchor = Anchor(**{field.name: found[field.name] for field in fields(Anchor)})
        signature = str(found["signature"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadAnchor("This is no anchor.") from error
    secrets = [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not any(constant_time_compare(signature, _signature(anchor, secret)) for secret in secrets):
        raise BadAnchor("This anchor was not signed here.")
    return anchor


def _signature(anchor: Anchor, secret: str) -> str:
    whole = json.dumps(asdict(anchor), sort_keys=True)
    return str(salted_hmac(PURPOSE, whole, secret=secret, algorithm="sha256").hexdigest())
