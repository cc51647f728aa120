"""How a line looks: JSON for machines, words for whoever develops."""

import json
import sys
from typing import Any

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

FIRST = ("time", "level", "logger", "event")
# Harmless in JSON, and in whatever page a line may be shown on.
_NOT_EVEN_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x7F: "\\u007f"}


def as_json(logger: WrappedLogger, method: str, event: EventDict) -> str:
    """One line of ASCII, the same names first."""
    ordered = {name: event[name] for name in FIRST if name in event} | dict(event)
    return json.dumps(ordered, default=_odd).translate(_NOT_EVEN_HTML)


def _odd(value: Any) -> str:
    """A value that JSON has no word for: its type only, for its text may be anybody's."""
    return f"({type(value).__name__})"


def as_words() -> Processor:
    """Lines for a terminal, with whole tracebacks; in colours where it is one."""
    colours = sys.stderr.isatty()
    return structlog.dev.ConsoleRenderer(
        colors=colours, exception_formatter=structlog.dev.plain_traceback, timestamp_key="time"
    )
