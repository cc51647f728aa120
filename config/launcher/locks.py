"""One at a time: file locks that vanish with the process that holds them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.launcher.say import Stop


@contextmanager
def only_one(path: Path, what: str) -> Iterator[None]:
    """Hold the lock, or stop and say who holds it."""
    with if_free(path, what) as is_ours:
        if not is_ours:
            holder = path.read_text() or "just starting"
            raise Stop(f"Stillwater already runs in this folder ({holder}): end that first.")
        yield


@contextmanager
def if_free(path: Path, what: str) -> Iterator[bool]:
    """Hold the lock if nobody else does, and say whether."""
    with path.open("a+") as file:
        is_ours = _try(file)
        if is_ours:
            file.truncate(0)
            file.write(f"{what}, process {os.getpid()}")
            file.flush()
        try:
            yield is_ours
        finally:
            if is_ours:
                file.truncate(0)


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Hold the lock, waiting for it as long as it takes."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def together(path: Path) -> Iterator[IO[str]]:
    """Hold the lock beside others who do the same; see `alone`."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file


def alone(file: IO[str]) -> None:
    """Wait until nobody else holds the shared lock."""
    fcntl.flock(file, fcntl.LOCK_EX)


def is_held(path: Path) -> bool:
    """Return whether somebody holds the lock at this moment."""
    with path.open("a+") as file:
        return not _try(file)


def _try(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
