"""The virtual environment: made from a lock with hashes, remade only when the lock changes."""

import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config.launcher import places
from config.launcher.locks import in_turn
from config.launcher.processes import dying_with_us
from config.launcher.say import Stop, last_line, step

MARKER = places.VENV / "stillwater.json"
NEEDED_MEGABYTES = 700
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass
class Marker:
    """What the virtual environment holds; kept inside it."""

    unfinished: bool = False
    python: str = ""
    digests: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)


def is_ready(lock: str) -> bool:
    """Return whether the virtual environment holds what the lock names."""
    return _marker().digests.get(lock) == _digest(lock) and not _is_broken()


def ensure(lock: str) -> bool:
    """Make, complete or repair the virtual environment, and say whether that was needed."""
    with in_turn(places.RUN / "venv.lock"):
        if is_ready(lock):
            return False
        places.require_room(NEEDED_MEGABYTES)
        if _is_broken():
            shutil.rmtree(places.VENV, ignore_errors=True)
        if not places.PYTHON.exists():
            with step("virtual environment"):
                _make()
        with step("packages (a minute or so, once)"):
            _install(lock)
        return True


def _is_broken() -> bool:
    """Whether it was left half-made, or lost its Python or some of its packages since."""
    marker, version = _marker(), _version_inside()
    if marker.unfinished or not version or marker.python not in {"", version}:
        return True
    return not (places.VENV / "pyvenv.cfg").exists() or not set(marker.content) <= _content()


def _make() -> None:
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Stop(
            "This Python can't make virtual environments: install the system package python3-venv "
            "(Debian, Ubuntu: sudo apt install python3-venv) and run this again."
        )
    places.VENV.mkdir(parents=True, exist_ok=True)
    _mark(Marker(unfinished=True))
    log = places.LOGS / "venv.log"
    # Not the Python of the virtual environment itself: that one may be just the thing that broke.
    python = getattr(sys, "_base_executable", sys.executable)
    if _run([python, "-m", "venv", str(places.VENV)], log):
        raise Stop(f"The virtual environment could not be made, is python3-venv complete? ({last_line(log)})")


def _install(lock: str) -> None:
    log = places.LOGS / "packages.log"
    options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check", "--retries", "2"]
    before = _marker()
    _mark(Marker(unfinished=True))
    if _run([str(places.PYTHON), "-m", "pip", "install", *options, "-r", str(places.LOCKS / lock)], log):
        # Packages are fetched before any is touched: without a network, what was good stays good.
        _mark(before)
        raise Stop(_complaint(log))
    # The lock of the tests contains the other one.
    satisfied = [lock] if lock == "runtime.txt" else ["runtime.txt", lock]
    digests = {name: _digest(name) for name in satisfied}
    _mark(Marker(python=_version_inside(), digests=digests, content=sorted(_content())))


def _complaint(log: Path) -> str:
    said = log.read_text(errors="replace")
    if "No space left on device" in said:
        return f"The disk is full: make room at {places.ROOT} and run this again."
    if "DO NOT MATCH THE HASHES" in said:
        return f"A package is not the one that config/lock names, so nothing was installed; see {log}."
    errors = [text for text in said.splitlines() if text.startswith("ERROR")]
    reason = errors[-1].removeprefix("ERROR: ") if errors else last_line(log)
    return f"The packages could not be fetched ({reason}): check the network, or pip's settings, and try again."


def _run(command: list[str], log: Path) -> int:
    environment = {**os.environ, "PIP_USER": "0"}
    dying = dying_with_us(signal.SIGKILL)
    with log.open("wb") as file:
        return subprocess.run(
            command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, env=environment, preexec_fn=dying, check=False
        ).returncode


def _version_inside() -> str:
    """Return the version of the virtual environment's own Python; empty when it doesn't run any more."""
    if places.in_venv():
        return VERSION
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([places.PYTHON, "-ISc", ask], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer


def _marker() -> Marker:
    try:
        return Marker(**json.loads(MARKER.read_text()))
    except FileNotFoundError:
        return Marker()
    except (json.JSONDecodeError, TypeError):
        return Marker(unfinished=True)


def _mark(marker: Marker) -> None:
    draft = MARKER.with_suffix(".new")
    draft.write_text(json.dumps(asdict(marker)))
    os.replace(draft, MARKER)


def _content() -> set[str]:
    return {path.name for folder in places.VENV.glob("lib/python*/site-packages") for path in folder.iterdir()} - {
        "__pycache__"
    }


def _digest(lock: str) -> str:
    return hashlib.sha256((places.LOCKS / lock).read_bytes()).hexdigest()
