"""Where things are. Everything under ``var/`` is state, and nothing else is."""

import os
import shutil
import sys
from pathlib import Path

from config.launcher.say import Stop

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
RUN = VAR / "run"
TRIALS = VAR / "test"
METRICS = RUN / "metrics"
PEOPLE = VAR / "demo.txt"
VENV = Path(os.environ.get("STILLWATER_VENV") or ROOT / ".venv")
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "config" / "lock"


def prepare() -> None:
    """Make the folders of ``var/``; all but the outermost are private."""
    VAR.mkdir(mode=0o711, exist_ok=True)
    for folder in (LOGS, RUN, TRIALS, METRICS, VAR / "files", VAR / "mail"):
        folder.mkdir(mode=0o700, exist_ok=True)


def forget_figures() -> None:
    """Empty the folder in which the processes count: those of a former start would be counted with ours."""
    for file in METRICS.iterdir():
        file.unlink()


def in_venv() -> bool:
    """Return whether this very Python is the one of our virtual environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def free_megabytes() -> int:
    """Return how much still fits on the disk."""
    return shutil.disk_usage(ROOT).free // 1_000_000


def require_room(megabytes: int) -> None:
    """Refuse to begin what would fill the disk half-way."""
    if (free := free_megabytes()) < megabytes:
        raise Stop(f"The disk is too full: {megabytes} MB are needed at {ROOT}, {free} MB are free.")
