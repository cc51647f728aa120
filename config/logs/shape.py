"""What a line may hold: what libraries say, and nothing that opens a door.

Our own events name structured values and never people's words. Libraries write sentences around whatever they were
handed, so of a library that nobody vetted only the template is told, and what still looks like a secret is taken out.
"""

import re
import unicodedata
from logging import LogRecord
from typing import Any

from structlog.types import EventDict, WrappedLogger

# Libraries whose whole sentences are about addresses of servers, process ids and the like.
VETTED = ("uvicorn", "celery.apps", "celery.worker.consumer.connection", "kombu", "psycopg.pool")
# Libraries that write what was asked for into the sentence: the event in our words instead.
IN_OUR_WORDS = {
    "django.request": "request failed",
    "django.security": "request refused",
    "django.db": "database",
    "celery.app.trace": "task failed",
}
_NAMES = "password|secret|session|csrf|token|authorization|cookie"
_MASKS = (
    # A whole address of a mail, a message or a login.
    (re.compile(r"[^\s\"'<>()\[\],;:=/]+@[^\s\"'<>()\[\],;:/]+"), "[address]"),
    (re.compile(r"://[^\s/@]*@"), "://[login]@"),
    # What acts without a login, by the path it stands in and by its shape.
    (re.compile(r"/(answer/[\w-]+|join|account/confirm-email|account/password/reset/key)/[^\s\"'/?]+"), r"/\1/[token]"),
    (re.compile(r"\bgAAAA[\w-]{20,}"), "[token]"),
    (re.compile(r"(?i)\b(bearer|token|basic)\s+[\w.~+/=-]{8,}"), r"\1 [token]"),
    (re.compile(rf"(?i)([\w-]*(?:{_NAMES})[\w-]*[\"']?\s*[=:]\s*)\S+"), r"\1[hidden]"),
)
AS_IS = {"time", "level", "logger", "_record", "_from_structlog"}
LONGEST = 1000


def tell_libraries(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Tell of a library's record no more than is known to be harmless."""
    record = event["_record"]
    if event["_from_structlog"] or _is_any(record.name, VETTED):
        return event
    words = next((told for name, told in IN_OUR_WORDS.items() if _is_any(record.name, [name])), None)
    event["event"] = words or str(record.msg)
    event.update(_known(record))
    return event


def _is_any(name: str, families: Any) -> bool:
    return any(name == family or name.startswith(f"{family}.") for family in families)


def _known(record: LogRecord) -> dict[str, Any]:
    """What a record carries besides its sentence: a status, and the name of a task."""
    data = getattr(record, "data", None)
    task = {"task": data["name"], "task_id": data["id"]} if isinstance(data, dict) and "name" in data else {}
    status = getattr(record, "status_code", None)
    return task | ({"status": status} if status else {})


def scrub_texts(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Take out whatever still looks like a secret or a person's address, and cut what is long."""
    return {name: value if name in AS_IS else _each(value, scrubbed) for name, value in event.items()}


def scrubbed(text: str) -> str:
    """Return the text without what looks like a secret."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def calm_texts(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Show characters that would move a terminal's cursor as what they are; tracebacks keep their lines."""
    return {name: _each(value, calm) for name, value in event.items()}


def calm(text: str) -> str:
    """Return the text on one line, in which control characters are spelled out."""
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in _BREAKING else character
        for character in text
    )


_BREAKING = {"Cc", "Cf", "Zl", "Zp", "Cs"}


def _each(value: Any, change: Any) -> Any:
    """Change every text in a value, however deep."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _each(one, change) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    return value
