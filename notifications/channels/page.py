"""The words of a message, rendered from its frozen facts in the recipient's language and time zone."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import timezone, translation
from django.utils.html import conditional_escape

from notifications.channels.envelope import one_line
from notifications.channels.personal import in_their_place, personal_facts, stand_in
from notifications.models import OutboxMessage
from tenancy.colours import readable_under_white

BUNDLE = "bundle"
KEPT = 256
"""So many pages are kept, of some 20 kB each: what one event says to all who follow a service is rendered once."""
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
        """Render the templates of the message's kind, or fill in what was rendered for somebody else."""
        personal = personal_facts(message)
        return _for_all(message, tuple(personal))._filled(personal)

    def _filled(self, personal: Mapping[str, str]) -> "Page":
        subject, text, html = self.subject, self.text, self.html
        for name, value in personal.items():
            place = stand_in(name)
            subject, text = subject.replace(place, value), text.replace(place, value)
            html = html.replace(place, conditional_escape(value))
        return Page(subject, text, html, self.language)


def _for_all(message: OutboxMessage, personal: tuple[str, ...]) -> Page:
    """Render it with stand-ins, unless it was rendered lately; nothing is kept of secrets and bundles."""
    if message.forget or message.carries:
        return _draw(message, personal)
    facts = {name: value for name, value in message.facts.items() if name != "links"}
    return _drawn(message.kind, message.language, message.time_zone, personal, json.dumps(facts))


@lru_cache(maxsize=KEPT)
def _drawn(kind: str, language: str, time_zone: str, personal: tuple[str, ...], facts: str) -> Page:
    nobodys = {"organisation_id": 0, "kind": kind, "language": language, "time_zone": time_zone}
    return _draw(OutboxMessage(facts=json.loads(facts), **nobodys), personal)


def _draw(message: OutboxMessage, personal: Iterable[str]) -> Page:
    language = _language(message.language)
    with translation.override(language), timezone.override(_zone(message.time_zone)):
        kind, facts = _what_it_says(message, personal)
        facts["subject"] = one_line(_render(f"{kind}.subject.txt", facts))
        text = _BLANK_LINES.sub("\n\n", _render(f"{kind}.txt", facts)).strip() + "\n"
        return Page(facts["subject"], text, _render(f"{kind}.html", facts), language)


def _what_it_says(message: OutboxMessage, personal: Iterable[str]) -> tuple[str, dict[str, Any]]:
    """The kind whose templates are used, and their facts: what is urgent speaks for itself, with the rest below."""
    facts = _context(message, personal)
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


def _context(message: OutboxMessage, personal: Iterable[str]) -> dict[str, Any]:
    facts = _frozen(message)
    organisation = facts["organisation"]
    fill = readable_under_white(organisation["colour"])
    return {**facts, "organisation": {**organisation, "fill": fill}, **in_their_place(personal)}


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
