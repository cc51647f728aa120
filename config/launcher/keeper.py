"""Keeps the processes of `up` running until a person ends it."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from config.launcher.processes import Process, end, remember
from config.launcher.say import Stop, line

LOOK_EVERY = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
ENDING = (signal.SIGINT, signal.SIGTERM)


@dataclass
class Kept:
    """A process that has to run, and what is known of its crashes."""

    name: str
    start: Callable[[], Process]
    process: Process
    stop: Callable[[Process], None] | None = None
    started_at: float = field(default_factory=time.monotonic)
    pause: float = 1.0
    again_at: float | None = None


class Keeper:
    """Starts processes, starts them again when they crash, and ends them all in the opposite order."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.is_watching = self.is_asked_to_end = False
        for number in ENDING:
            signal.signal(number, self._ask_to_end)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as under nohup
            signal.signal(signal.SIGHUP, self._ask_to_end)

    def _ask_to_end(self, number: int, frame: FrameType | None) -> None:
        is_first, self.is_asked_to_end = not self.is_asked_to_end, True
        if is_first and not self.is_watching:
            raise KeyboardInterrupt

    def add(self, name: str, start: Callable[[], Process], stop: Callable[[Process], None] | None = None) -> Kept:
        """Start a process and keep it. One with a `stop` of its own is a server, and outlives the others."""
        kept = Kept(name, start, start(), stop)
        remember(name, kept.process)
        self.kept.append(kept)
        return kept

    def watch(self) -> None:
        """Look after the processes until somebody ends us."""
        self.is_watching = True
        while not self.is_asked_to_end:
            for each in self.kept:
                self._look_after(each)
            time.sleep(LOOK_EVERY)

    def _look_after(self, kept: Kept) -> None:
        now = time.monotonic()
        if kept.again_at is not None:
            if now >= kept.again_at:
                self._start_again(kept)
        elif (code := kept.process.poll()) is not None:
            if now - kept.started_at > STEADY_AFTER:
                kept.pause = 1.0
            self._postpone(kept, f"stopped ({_words(code)})")

    def _start_again(self, kept: Kept) -> None:
        try:
            kept.process = kept.start()
            remember(kept.name, kept.process)
        except (Stop, OSError) as error:
            self._postpone(kept, f"did not start ({error})")
            return
        kept.started_at, kept.again_at = time.monotonic(), None
        line(f"  {kept.name} runs again.")

    def _postpone(self, kept: Kept, what: str) -> None:
        line(f"  {kept.name} {what}; starting it again in {kept.pause:.0f} s. See var/log/{kept.name}.log")
        kept.again_at = time.monotonic() + kept.pause
        kept.pause = min(kept.pause * 2, LONGEST_PAUSE)

    def end_all(self) -> None:
        """End the processes: first those that use the servers, at once; then the servers, last one first."""
        for number in (*ENDING, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end(each.process for each in self.kept if not each.stop)
        for each in reversed(self.kept):
            if each.stop:
                each.stop(each.process)


def _words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
