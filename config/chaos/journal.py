"""What happened, line by line on the disk: each process of a run writes a file of its own."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """A file of JSON lines, each with the moment it was written at (``t``, in seconds of the machine's clock)."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)

    def note(self, what: str, **facts: Any) -> None:
        """Write a line; it is handed to the system before this returns."""
        self._file.write(json.dumps({"t": time.time(), "what": what, **facts}) + "\n")


def read(path: Path, *whats: str) -> Iterator[dict[str, Any]]:
    """The lines of a file that tell of one of these things."""
    if path.exists():
        for line in path.read_text().splitlines():
            told = json.loads(line)
            if told["what"] in whats:
                yield told
