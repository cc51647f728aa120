"""The other ends of the processes that fill the stage and do the work; see `stage` and `load`."""

import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from select import select
from subprocess import PIPE
from typing import IO, cast

from config.launcher.places import ROOT
from config.launcher.processes import dying_with_us


@dataclass
class Load:
    """The other end of the load's process."""

    port: int
    home: Path
    seed: int
    places: str
    process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> "Load":
        options = ["--port", str(self.port), "--journal", str(self.home / "load.jsonl"), "--seed", str(self.seed)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.chaos.load", *options, self.places],
            cwd=ROOT,
            stdin=PIPE,
            stdout=PIPE,
            text=True,
            bufsize=1,
            preexec_fn=dying_with_us(signal.SIGTERM),
        )
        return self

    def __exit__(self, *_failure: object) -> None:
        self.orders.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def orders(self) -> IO[str]:
        """Where it reads."""
        return cast(IO[str], self.process.stdin)

    @property
    def answers(self) -> IO[str]:
        """Where it writes."""
        return cast(IO[str], self.process.stdout)

    def order(self, what: str) -> None:
        """Tell it what to do."""
        self.orders.write(what + "\n")

    def is_done(self) -> bool:
        """Whether it has done what it was told last."""
        readable, _writable, _broken = select([self.answers], [], [], 0)
        return bool(readable) and self.answers.readline().strip() == "rested"


def stage(home: Path, seconds: float, seed: int) -> str:
    """Fill the empty database; return the places as JSON."""
    options = ["--journal", str(home / "stage.jsonl"), "--seconds", str(seconds), "--seed", str(seed)]
    whole = [sys.executable, "-m", "config.chaos.stage", *options]
    return subprocess.run(whole, cwd=ROOT, stdout=PIPE, text=True, check=True).stdout
