"""The processes of a run: started, killed, and started again as a supervisor would; when each was away is noted.

Everything happens in one thread, which looks in every few hundredths of a second.
"""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from config.chaos.journal import Journal
from config.chaos.plan import PROCESSES
from config.launcher import broker
from config.launcher.postgres import Cluster
from config.launcher.processes import Process, end, spawn

CELERY = ["celery", "--quiet", "-A", "config.celery"]
QUIETLY = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
STARTS_IN = 60.0
# Seconds that a process has from its start, and from being ready, before it is killed.
STARTS_SOON, WORKS_FOR = 8.0, 1.0


@dataclass
class Kept:
    """A process that has to run."""

    name: str
    command: list[str]
    is_up: Callable[["Kept"], bool]
    log: Path
    process: Process = field(init=False)
    began_log_at: int = 0
    ready_at: float = 0.0
    """When it said that it was ready, 0 while it has not; by a clock that only goes forward."""

    def start(self) -> None:
        """Start it; it is not ready yet."""
        self.began_log_at = self.log.stat().st_size if self.log.exists() else 0
        self.process = spawn(self.name, [sys.executable, "-m", *self.command], logs=self.log.parent)
        self.ready_at = 0.0

    def said(self, words: str) -> bool:
        """Whether it has said these words since it was started."""
        with self.log.open("rb") as file:
            file.seek(self.began_log_at)
            return words.encode() in file.read()


@dataclass
class House:
    """All that runs, but for the sink and the load."""

    home: Path
    cluster: Cluster
    journal: Journal
    web_port: int
    broker_port: int
    kept: dict[str, Kept] = field(default_factory=dict)
    doomed: dict[str, float] = field(default_factory=dict)
    """Who is to be killed, by when at the latest."""
    is_recovering: bool = False
    """Whether PostgreSQL was started again and does not answer yet."""

    @property
    def logs(self) -> Path:
        """Where the processes write what they say."""
        return self.home / "log"

    def start_servers(self) -> None:
        """PostgreSQL and the broker; nobody uses them yet."""
        for name in PROCESSES:
            self.journal.note("down", name=name)
        self.postgres = self.cluster.start()
        self.broker = broker.start(self.broker_port, self.home, self.logs)

    def start_processes(self) -> float:
        """Web, worker, beat and tick; return when all of them are ready, and how many seconds that took."""
        began = time.monotonic()
        uvicorn = ["uvicorn", "config.asgi:application", "--host", "127.0.0.1", "--port", str(self.web_port)]
        pidfile = str(self.home / "beat.pid")
        self._keep("web", [*uvicorn, "--no-access-log"], lambda kept: kept.said("startup complete"))
        worker = [*CELERY, "worker", "--pool=threads", "--concurrency=2", "--loglevel=INFO", *QUIETLY]
        self._keep("worker", worker, lambda kept: kept.said(" ready."))
        beat = [*CELERY, "beat", "--scheduler", "celery.beat:Scheduler", "--pidfile", pidfile]
        self._keep("beat", beat, lambda kept: _holds(pidfile, kept.process.pid))
        self._keep("tick", ["django", "tick"], lambda kept: kept.said("ticking"))
        while not all(kept.ready_at for kept in self.kept.values()):
            if time.monotonic() > began + STARTS_IN:
                raise RuntimeError(f"Not everything starts; see {self.logs}.")
            self.look()
            time.sleep(0.05)
        return time.monotonic() - began

    def _keep(self, name: str, command: list[str], is_up: Callable[[Kept], bool]) -> None:
        self.kept[name] = Kept(name, command, is_up, self.logs / f"{name}.log")
        self.kept[name].start()

    def look(self) -> None:
        """Start again what has ended, and note what has become ready."""
        if self.is_recovering:
            self._look_after_postgres()
        for kept in self.kept.values():
            if (code := kept.process.poll()) is not None:
                if code != -signal.SIGKILL:
                    self.journal.note("ended by itself", name=kept.name, code=code)
                    self.journal.note("down", name=kept.name)
                kept.start()
            elif not kept.ready_at and kept.is_up(kept):
                kept.ready_at = time.monotonic()
                self.journal.note("up", name=kept.name)
            elif kept.name in self.doomed and self._is_ripe(kept):
                self._kill(kept)

    def kill(self, name: str) -> None:
        """Kill it, whatever it does; what is just starting first gets a moment in which it does something."""
        if name in self.doomed:  # still not up since the last one
            self._kill(self.kept[name])
        self.doomed[name] = time.monotonic() + STARTS_SOON

    def kill_all_doomed(self) -> None:
        """Wait for nobody any more."""
        for name in list(self.doomed):
            self._kill(self.kept[name])

    def _is_ripe(self, kept: Kept) -> bool:
        now = time.monotonic()
        return now > self.doomed[kept.name] or 0 < kept.ready_at < now - WORKS_FOR

    def _kill(self, kept: Kept) -> None:
        name = kept.name
        del self.doomed[name]
        self.journal.note("kill", name=name)
        self.journal.note("down", name=name)
        kept.process.kill()
        kept.process.wait()

    def crash(self) -> None:
        """Have PostgreSQL drop everything."""
        self.journal.note("crash")
        self.journal.note("down", name="postgres")
        self.postgres.send_signal(signal.SIGQUIT)

    def recover(self) -> None:
        """Have it started again."""
        self.postgres.wait(STARTS_IN)
        self.postgres = self.cluster.launch()
        self.is_recovering = True

    def _look_after_postgres(self) -> None:
        """Note when it answers again; what the crashed one left behind may keep the first start from succeeding."""
        if self.postgres.poll() is not None:
            self.postgres = self.cluster.launch()
        elif self.cluster.is_ready(self.postgres):
            self.is_recovering = False
            self.journal.note("up", name="postgres")

    def end(self) -> None:
        """End everything that was started here: first those that use the servers."""
        end(kept.process for kept in self.kept.values())
        if hasattr(self, "broker"):
            self.broker.send_signal(signal.SIGCONT)
            end([self.broker])
        if hasattr(self, "postgres"):
            self.cluster.stop(self.postgres)


def _holds(pidfile: str, pid: int) -> bool:
    """Whether the note that beat writes when it begins names this process."""
    note = Path(pidfile)
    return note.exists() and note.read_text().strip() == str(pid)
