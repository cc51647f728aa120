"""A checkout of which a test types the commands."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Checkout:
    """A folder, the Python it is started with, and the environment it is started in."""

    folder: Path
    python: str
    environment: dict[str, str]

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Type a command that ends by itself."""
        return subprocess.run(
            [self.python, "manage.py", *arguments],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def up(self, port: int) -> "subprocess.Popen[bytes]":
        """Type `up`; what it says goes to a file."""
        with (self.folder.parent / "said").open("wb") as said:
            return subprocess.Popen(
                [self.python, "manage.py", "up", "--port", str(port)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    @property
    def said(self) -> str:
        """What the last `up` told the person."""
        return (self.folder.parent / "said").read_text()

    def processes(self) -> dict[str, int]:
        """Return the processes that `up` keeps, by name."""
        notes = (self.folder / "var" / "run").glob("*.pid")
        return {note.stem: int(note.read_text().split()[0]) for note in notes}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], bool], patience: float) -> float:
    """Wait for the condition and return the seconds it took; fail when it does not come."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < patience, "it did not happen in time"
        time.sleep(0.05)
    return time.monotonic() - began


def answers(url: str) -> bool:
    """Return whether the page is there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as page:
            return bool(page.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def is_running(pid: int) -> bool:
    """Return whether the process is there and not just its remains."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def kill(*pids: int) -> None:
    """Kill the processes, all at once and without a word."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
