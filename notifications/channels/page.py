"""The words of a message, rendered from its frozen facts in the recipient's language and time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone, translation

from notifications import links
from notifications.channels.envelope import one_line
from notifications.models import OutboxMessage
from tenancy.colours import readable_under_white

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@dataclass(frozen=True, slots=True)
class Page:
    """A subject, the plain text and the HTML."""

    subject: str
    text: str
    html: str
    language: str

    @classmethod
    def of(cls, message: OutboxMessage) -> "Page":
        """Render the templates of the message's kind."""
        language = _language(message.language)
        with translation.override(language), timezone.override(_zone(message.time_zone)):
            facts = _context(message)
            facts["subject"] = one_line(_render(f"{message.kind}.subject.txt", facts))
            text = _BLANK_LINES.sub("\n\n", _render(f"{message.kind}.txt", facts)).strip() + "\n"
            return cls(facts["subject"], text, _render(f"{message.kind}.html", facts), language)


def _render(name: str, facts: Mapping[str, Any]) -> str:
    template = Engine.get_default().get_template(f"mail/{name}")
    return str(template.render(Context({**facts}, autoescape=name.endswith(".html"))))


def _context(message: OutboxMessage) -> dict[str, Any]:
    facts = {name: _moment(name, value) for name, value in message.facts.items()}
    organisation = facts["organisation"]
    return {
        **facts,
        "name": one_line(message.name),
        "organisation": {**organisation, "fill": readable_under_white(organisation["colour"])},
        "url": f"{facts['base']}{facts.get('path', '/')}",
        "links": {
            name: links.url(facts["base"], link["purpose"], link["claims"], message.home_id)
            for name, link in facts.get("links", {}).items()
        },
    }


def _moment(name: str, value: Any) -> Any:
    """JSON knows no times: facts named ``..._at`` and ``..._until`` are ISO texts."""
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_until")) else value


def _language(wanted: str) -> str:
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


def _zone(wanted: str) -> ZoneInfo:
    try:
        return ZoneInfo(wanted)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
