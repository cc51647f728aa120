"""Read the folder in which the development mail catcher keeps what was sent."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from functools import cached_property
from pathlib import Path

from django.conf import settings

_LINK = re.compile(r"https?://[^\s<>\"]+")
_NAME = re.compile(r"[\w.-]{1,100}")
# What the standard library's parser raises on malformed mails.
_UNREADABLE = (LookupError, ValueError, TypeError, AttributeError, RecursionError)


@dataclass
class Letter:
    """One mail as it was kept; what can't be read is empty."""

    path: Path

    @property
    def name(self) -> str:
        """How the mail is called in addresses."""
        return self.path.stem

    @property
    def came_at(self) -> datetime:
        """When the catcher took it."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        with suppress(*_UNREADABLE), self.path.open("rb") as file:
            return BytesParser(EmailMessage, policy=policy.default).parse(file)
        return EmailMessage()

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in its order; an unreadable one says so."""
        return [(name, self.header(name)) for name in dict.fromkeys(self.message.keys())]

    def header(self, name: str) -> str:
        """Return all values of a header, decoded."""
        with suppress(*_UNREADABLE):
            return ", ".join(str(value) for value in self.message.get_all(name, []))
        return "(unreadable)"

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def to(self) -> str:
        return self.header("To")

    @property
    def sender(self) -> str:
        return self.header("From")

    @cached_property
    def text(self) -> str:
        """The plain text."""
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML, whose links open beside the frame it is shown in."""
        return re.sub(r"(<head[^>]*>)", r'\1<base target="_blank">', self._body("html"), count=1)

    @property
    def links(self) -> list[str]:
        """The addresses in the text, each once."""
        return list(dict.fromkeys(_LINK.findall(self.text)))

    def _body(self, kind: str) -> str:
        with suppress(*_UNREADABLE):
            part = self.message.get_body(preferencelist=(kind,))
            return str(part.get_content()) if part else ""
        return "(unreadable)"


def recent(words: str = "") -> list[Letter]:
    """The mails, the newest first; with ``words`` those that have them in subject or recipient."""
    folder = Path(settings.MAILBOX_DIR)
    letters = [Letter(path) for path in sorted(folder.glob("*.eml"), reverse=True)]
    wanted = words.lower()
    return [letter for letter in letters if wanted in f"{letter.subject} {letter.to}".lower()] if wanted else letters


def find(name: str) -> Letter | None:
    """Return the mail of that name."""
    path = Path(settings.MAILBOX_DIR) / f"{name}.eml"
    return Letter(path) if _NAME.fullmatch(name) and path.is_file() else None
