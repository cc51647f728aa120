"""What in a mail is one person's alone: how they are called, and the links that were made for them.

Templates see a stand-in for each, so that what happened is rendered once for all who are told of it in the same words.
The stand-ins are random, and new in each process: nobody can write one into a text.
"""

import secrets
from collections.abc import Iterable
from functools import cache

from django.urls import reverse

from notifications import links
from notifications.channels.envelope import one_line
from notifications.models import OutboxMessage

_LINK = "links."
_SALT = secrets.token_hex(16)
_PLACE = "PLACE"


def personal_facts(message: OutboxMessage) -> dict[str, str]:
    """Return them by name, without those that there aren't."""
    facts = message.facts
    made_for_them = {
        f"{_LINK}{name}": links.url(facts["base"], link["purpose"], link["claims"], message.home_id)
        for name, link in facts.get("links", {}).items()
    }
    found = {"name": one_line(message.name), "why_url": _why_url(message, facts["base"]), **made_for_them}
    return {name: value for name, value in found.items() if value}


def stand_in(name: str) -> str:
    """What stands for it in a rendered page; the same in text and in HTML."""
    return f"{_SALT}.{name}."


def in_their_place(names: Iterable[str]) -> dict[str, object]:
    """The facts of a template with stand-ins for these."""
    found = {name: stand_in(name) for name in names}
    linked = {name.removeprefix(_LINK): found.pop(name) for name in list(found) if name.startswith(_LINK)}
    return {"name": "", "why_url": "", **found, "links": linked}


def _why_url(message: OutboxMessage, base: str) -> str:
    """Where somebody reads why they got it; of secrets nothing is kept to tell."""
    if not message.to_id or message.forget:
        return ""
    token = links.sign(links.WHY, {"message": str(message.public_id)}, message.home_id)
    return base + _why_path().replace(_PLACE, token)


@cache
def _why_path() -> str:
    """Looking it up for each mail took longer than sealing its token."""
    return reverse("notifications:why", args=[_PLACE])
