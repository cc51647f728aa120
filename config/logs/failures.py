"""An exception in a line: what kind it was and where it was raised, seldom what it said.

What an exception says quotes what it stumbled over: a form's field, a row's values, a mail server's answer.
"""

import sys
import traceback
from pathlib import Path
from typing import Any

import psycopg
from structlog.types import EventDict, WrappedLogger

ROOT = Path(__file__).resolve().parents[2]
MOST_FRAMES = 25
MOST_CAUSES = 5
# Their texts speak of names in the code and of settings.
HARMLESS = {
    "AttributeError",
    "ImportError",
    "ImproperlyConfigured",
    "ModuleNotFoundError",
    "NameError",
    "NoReverseMatch",
    "NotImplementedError",
    "RecursionError",
    "TemplateDoesNotExist",
    "TypeError",
    "Unbound",
}
NAMES = ("sqlstate", "constraint_name", "table_name", "column_name")


def tell_failure(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace the exception by what is safe to know of it and of what caused it, the cause first."""
    found = event.pop("exc_info", None)
    event.pop("stack_info", None)
    error = _error_of(found)
    if error is not None:
        event["failure"] = [_told(one) for one in reversed(_chain(error))]
    return event


def _error_of(found: Any) -> BaseException | None:
    if isinstance(found, BaseException):
        return found
    if isinstance(found, tuple):
        error: BaseException | None = found[1]
        return error
    return sys.exc_info()[1] if found else None


def _chain(error: BaseException) -> list[BaseException]:
    chain = [error]
    while len(chain) < MOST_CAUSES:
        last = chain[-1]
        before = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if before is None or before in chain:
            break
        chain.append(before)
    return chain


def _told(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    told: dict[str, Any] = {"type": f"{kind.__module__}.{kind.__qualname__}"}
    if kind.__name__ in HARMLESS:
        told["says"] = str(error)
    if isinstance(error, psycopg.Error):
        told |= {name: value for name in NAMES if (value := getattr(error.diag, name, None))}
    if isinstance(error, OSError) and error.errno:
        told["errno"] = error.errno
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    return told | {"at": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]}


def _short(file: str) -> str:
    """A file's path from the project or from the package it belongs to."""
    path = Path(file)
    if path.is_relative_to(ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(ROOT))
    return file.rpartition("site-packages/")[2]
