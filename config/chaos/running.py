"""One run, from nothing to the verdict: a calm beginning, the faults, catching up, and a calm end."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from config.chaos import report
from config.chaos.breaking import Breaker
from config.chaos.counting import complaints
from config.chaos.crowd import Load, stage
from config.chaos.house import House
from config.chaos.journal import Journal
from config.chaos.plan import plan, stretched
from config.chaos.reading import Reader
from config.launcher import memory, roles
from config.launcher.postgres import Cluster
from config.launcher.processes import Process, end, spawn
from config.launcher.say import step

CALM = 4.0
# Bursts are gathered, and soon over: the run has no minutes to wait for their ends.
BURST_SECONDS = "2"
LOOK_EVERY = 0.03
PATIENCE = 120.0
# Seconds in which all processes start beside each other; more than so many times as long is no longer waited for.
USUAL_START, SLOWEST = 6.0, 3.0


def run(seconds: float, seed: int, tell: Callable[[str], object]) -> bool:
    """Run it, tell the table, and return whether all is as it was promised."""
    home = Path(os.environ["CHAOS_HOME"])
    secrets = json.loads((home / "secrets.json").read_text())
    os.environ["BURST_SECONDS"] = BURST_SECONDS
    port = int(os.environ["CHAOS_DATABASE_PORT"])
    cluster = Cluster(home / "postgres", port, secrets["superuser"], home / "log")
    journal = Journal(home / "faults.jsonl")
    house = House(home, cluster, journal, memory.free_port(), int(os.environ["CHAOS_BROKER_PORT"]))
    signal.signal(signal.SIGTERM, _end)
    with ExitStack() as stack:
        stack.callback(house.end)
        with step("servers"):
            cluster.make()
            house.start_servers()
            roles.make_roles(cluster.maintenance_url, secrets)
        with step("tables, organisations, people"):
            places = stage(home, seconds, seed)
        with step("mail server, web, worker, beat, tick"):
            stack.callback(end, [_sink(home)])
            factor = _slowness(house.start_processes())
        load = stack.enter_context(Load(house.web_port, home, seed, places))
        reader = Reader(home, cluster.maintenance_url.removesuffix("/postgres") + f"/{roles.NAME}")
        breaker = Breaker(house, stretched(plan(seconds, seed, tuple(house.kept)), factor))
        if factor > 1:
            tell(f"  This machine is busy or slow: faults come {factor:.1f} times as slowly.")
        with step(f"a calm moment, {seconds * factor:.0f} s of faults, catching up"):
            caught_up_after = Run(house, load, reader, breaker).go()
        counts = reader.counts()
        (home / "counts.json").write_text(json.dumps([vars(count) for count in counts], indent=1))
        wrong = [*complaints(counts, caught_up_after), *reader.oddities()]
    tell(report.table(counts))
    tell(report.broken(home))
    tell(report.verdict(wrong, caught_up_after))
    return not wrong


def _end(_number: int, _frame: object) -> NoReturn:
    """Asked to end, it takes everything along: a broker that is frozen just now would stay so for ever."""
    raise SystemExit(1)


def _slowness(started_in: float) -> float:
    """How many times as long this machine takes as one with two cores to itself: nobody can work who only starts."""
    return min(SLOWEST, max(1.0, started_in / USUAL_START))


def _sink(home: Path) -> Process:
    options: list[str | Path] = [
        "--port",
        os.environ["CHAOS_MAIL_PORT"],
        "--journal",
        home / "sink.jsonl",
        "--moods",
        home / "moods.json",
    ]
    return spawn("sink", [sys.executable, "-m", "config.chaos.sink", *options], logs=home / "log")


@dataclass
class Run:
    """The phases of a run."""

    house: House
    load: Load
    reader: Reader
    breaker: Breaker

    def go(self) -> float | None:
        """Go through all of them; return how many seconds after the last fault all was caught up, None for never."""
        self._work_calmly("before")
        self.load.order("go")
        self.breaker.go(self._look_until)
        self.load.order("rest")
        caught_up_after = self._catch_up("faults")
        self._work_calmly("after")
        self._wait_until_sent()
        return caught_up_after

    def _work_calmly(self, phase: str) -> None:
        self.house.journal.note("calm begins")
        self.load.order("go")
        self._look_until(time.time() + CALM)
        self.load.order("rest")
        self._catch_up(phase)
        self.house.journal.note("calm ends")

    def _catch_up(self, phase: str) -> float | None:
        """Wait until nothing is left to do; return how long that took."""
        began = time.time()
        self.house.journal.note("phase is over", phase=phase)
        is_rested = False
        while time.time() < began + PATIENCE:
            is_rested = is_rested or self.load.is_done()
            if is_rested and self.reader.behind() == 0:
                return time.time() - began
            self._look_until(time.time() + 0.3)
        return None

    def _wait_until_sent(self) -> None:
        """Wait for what waits for others of its bundle."""
        until = time.time() + PATIENCE
        while self.reader.unsent() != 0 and time.time() < until:
            self._look_until(time.time() + 0.5)

    def _look_until(self, moment: float) -> None:
        """Look after the house until then."""
        self.house.look()
        while time.time() < moment:
            time.sleep(LOOK_EVERY)
            self.house.look()
