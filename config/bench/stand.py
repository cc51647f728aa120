"""What stands beside each other in a run: databases, web processes, the generator of the load, and workers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any, cast

from config.bench.filling import Places
from config.launcher import memory
from config.launcher.places import ROOT
from config.launcher.processes import Process, end, spawn
from config.launcher.roles import connected

LOGS = Path(os.environ["BENCH_HOME"]) / "log"
PATIENCE = 60.0


@dataclass
class Site:
    """A web process with its own database."""

    port: int
    process: Process
    places: Places
    environment: dict[str, str]
    """The ways into its database."""

    @property
    def megabytes(self) -> float:
        """The memory of the process that is its own."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@contextmanager
def site(incidents: int) -> Iterator[Site]:
    """Serve a database with so many incidents; it is made when it is not there yet."""
    ways = _database(f"stillwater_bench_{incidents}")
    environment = {**os.environ, **ways}
    places = Places(**json.loads(_run("config.bench.filling", str(incidents), environment=environment)))
    port = memory.free_port()
    process = _serve(port, environment)
    try:
        _wait(port, process)
        yield Site(port, process, places, ways)
    finally:
        end([process])


def _database(name: str) -> dict[str, str]:
    """Have the database, and return the ways into it."""
    with connected(os.environ["DATABASE_OWNER_URL"]) as owner:
        if not owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            owner.execute(f"CREATE DATABASE {name}")
    return {key: os.environ[key].rpartition("/")[0] + f"/{name}" for key in ("DATABASE_URL", "DATABASE_OWNER_URL")}


def _run(module: str, *arguments: str, environment: dict[str, str]) -> str:
    whole = [sys.executable, "-m", module, *arguments]
    return subprocess.run(whole, cwd=ROOT, env=environment, check=True, stdout=PIPE, text=True).stdout


def _serve(port: int, environment: dict[str, str]) -> Process:
    uvicorn = ["uvicorn", "config.bench.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
    quiet = ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    before = dict(os.environ)
    os.environ.update(environment)  # `spawn` hands on our own
    try:
        return spawn(f"web-{port}", [sys.executable, "-m", *uvicorn, *quiet], logs=LOGS)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wait(port: int, process: Process) -> None:
    deadline = time.monotonic() + PATIENCE
    while not memory.is_answering(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"What should listen on {port} does not start; see {LOGS}.")
        time.sleep(0.05)


@dataclass
class Hand:
    """The other end of a process that does what it is told: the load's generator, or a worker of the product."""

    module: str = "config.bench.generator"
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> "Hand":
        whole = [sys.executable, "-m", self.module]
        around = {**os.environ, **self.environment}
        self.process = subprocess.Popen(whole, cwd=ROOT, env=around, stdin=PIPE, stdout=PIPE, text=True, bufsize=1)
        self._orders, self._answers = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        return self

    def __exit__(self, *_failure: object) -> None:
        self._orders.close()
        self.process.wait(10)

    def do(self, deed: str, **order: Any) -> dict[str, Any]:
        """Have it do something, and return what came of it."""
        self.begin(deed, **order)
        return self.answer()

    def begin(self, deed: str, **order: Any) -> None:
        """Have it do something while others do something, too; `answer` says what came of it."""
        self._orders.write(json.dumps({"do": deed, **order}) + "\n")

    def answer(self) -> dict[str, Any]:
        """Wait until it has done what it was told."""
        answer: dict[str, Any] = json.loads(self._answers.readline())
        if "error" in answer:
            raise RuntimeError(f"{self.module} failed: {answer['error']}")
        return answer


@contextmanager
def hands(site: Site, count: int, **environment: str) -> Iterator[list[Hand]]:
    """So many workers of the product, on the site's database; each has started when this begins."""
    with ExitStack() as stack:
        around = {**site.environment, **environment}
        workers = [stack.enter_context(Hand("config.bench.hands", around)) for _ in range(count)]
        for worker in workers:
            worker.do("begin")
        yield workers


def question(site: Site, path: str, session: str = "", *, body: str = "") -> str:
    """What is sent to the site's host, by whoever has the session, or with a body by a program."""
    head = [
        f"{'POST' if body else 'GET'} {path} HTTP/1.1",
        f"Host: {site.places.host}",
        "Accept-Encoding: br, gzip",
    ]
    if session:
        head.append(f"Cookie: sessionid={session}")
    if body:
        length = f"Content-Length: {len(body.encode())}"
        head += [f"Authorization: Bearer {site.places.token}", "Content-Type: application/json", length]
    return "\r\n".join([*head, "", body])


@contextmanager
def sink() -> Iterator[int]:
    """A mail server that takes everything and keeps nothing; the value is its port."""
    port = memory.free_port()
    process = spawn("sink", [sys.executable, "-m", "config.bench.sink", str(port)], logs=LOGS)
    try:
        _wait(port, process)
        yield port
    finally:
        end([process])


@contextmanager
def stand(incidents: int) -> Iterator[tuple[Site, Site, Hand]]:
    """The site that is measured, one with a tenth of its incidents, and the generator."""
    with ExitStack() as stack:
        big = stack.enter_context(site(incidents))
        small = stack.enter_context(site(max(60, incidents // 10)))
        yield big, small, stack.enter_context(Hand())
