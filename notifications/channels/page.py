"""The words of a message, rendered from its frozen facts in the recipient's language and time zone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist
from django.urls import reverse
from django.utils import timezone, translation

from notifications import links
from notifications.channels.envelope import one_line
from notifications.models import OutboxMessage
from tenancy.colours import readable_under_white

BUNDLE = "bundle"
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
            kind, facts = _what_it_says(message)
            facts["subject"] = one_line(_render(f"{kind}.subject.txt", facts))
            text = _BLANK_LINES.sub("\n\n", _render(f"{kind}.txt", facts)).strip() + "\n"
            return cls(facts["subject"], text, _render(f"{kind}.html", facts), language)


def _what_it_says(message: OutboxMessage) -> tuple[str, dict[str, Any]]:
    """The kind whose templates are used, and their facts: what is urgent speaks for itself, with the rest below."""
    facts = _context(message)
    if not message.carries:
        return message.kind, facts
    everything = [message, *message.carries]
    told = message.carries if message.urgent else everything
    facts["records"] = _by_record(sorted(told, key=lambda one: one.pk))
    facts["happenings"] = len(told)
    facts["reasons"] = list(dict.fromkeys(reason for one in everything for reason in one.facts.get("reasons", ())))
    return (message.kind if message.urgent else BUNDLE), facts


def _by_record(messages: Iterable[OutboxMessage]) -> list[dict[str, Any]]:
    """What has happened to each record, in the order in which it did."""
    records: dict[str, dict[str, Any]] = {}
    for message in messages:
        facts = {**_frozen(message), "happenings": []}
        records.setdefault(message.record, facts)["happenings"].append(
            {**facts, "line": one_line(_line(message.kind, facts))}
        )
    return list(records.values())


def _line(kind: str, facts: Mapping[str, Any]) -> str:
    """What happened, in a few words; where nobody wrote any, what its subject would have been."""
    try:
        return _render(f"{kind}.line.txt", facts)
    except TemplateDoesNotExist:
        return _render(f"{kind}.subject.txt", facts)


def _render(name: str, facts: Mapping[str, Any]) -> str:
    template = Engine.get_default().get_template(f"mail/{name}")
    return str(template.render(Context({**facts}, autoescape=name.endswith(".html"))))


def _frozen(message: OutboxMessage) -> dict[str, Any]:
    """The facts as they were posted, with times as times, and the address of the record's page."""
    facts = {name: _moment(name, value) for name, value in message.facts.items()}
    return {**facts, "url": f"{facts['base']}{facts.get('path', '/')}"}


def _context(message: OutboxMessage) -> dict[str, Any]:
    facts = _frozen(message)
    organisation = facts["organisation"]
    return {
        **facts,
        "name": one_line(message.name),
        "organisation": {**organisation, "fill": readable_under_white(organisation["colour"])},
        "links": {
            name: links.url(facts["base"], link["purpose"], link["claims"], message.home_id)
            for name, link in facts.get("links", {}).items()
        },
        "why_url": _why_url(message, facts["base"]),
    }


def _why_url(message: OutboxMessage, base: str) -> str:
    """Where somebody reads why they got it; of secrets nothing is kept to tell."""
    if not message.to_id or message.forget:
        return ""
    token = links.sign(links.WHY, {"message": str(message.public_id)}, message.home_id)
    return f"{base}{reverse('notifications:why', args=[token])}"


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
