"""What the launcher tells a person: steps with their time, and one clear sentence when it must stop."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTED = "STILLWATER_STARTED"
"""The moment the person pressed Enter; it survives the change into the virtual environment."""


class Stop(Exception):
    """The launcher can't go on; the text is the one sentence the person gets to read."""


def line(text: str = "") -> None:
    """Print a line at once, whatever the terminal's encoding."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    print(text, flush=True)


@contextmanager
def step(label: str) -> Iterator[None]:
    """Show a step while it runs, and its time when it is done."""
    began = time.monotonic()
    print(f"  {label:<42}", end="", flush=True)
    try:
        yield
    except BaseException as failure:
        line("    failed" if isinstance(failure, Exception) else "   stopped")
        raise
    line(f"{time.monotonic() - began:8.2f} s")


def begin() -> None:
    """Remember when this start began, unless a former stage did."""
    if not os.environ.get(STARTED, "").startswith(f"{os.getpid()} "):
        os.environ[STARTED] = f"{os.getpid()} {time.time():.3f}"


def since_begin() -> float:
    """Return the seconds since the person pressed Enter."""
    return time.time() - float(os.environ[STARTED].split()[1])


def sentence_for(error: OSError) -> str | None:
    """Return what to tell about a failure of the system, or None when it is a fault of ours."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full{where}: make room and run this again."
    if error.errno == errno.EROFS:
        return f"Nothing can be written here{where}: the disk is mounted read-only."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"This user may not do that{where}: run this as the user who owns the folder and all of var/."
    return None


def last_line(log: Path) -> str:
    """Return the last words of a log, without the noise around them."""
    lines = [text.strip() for text in log.read_text(errors="replace").splitlines() if text.strip()]
    return lines[-1] if lines else "it said nothing"
