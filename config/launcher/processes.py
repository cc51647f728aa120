"""Child processes: they die with us, and those that outlived a former start are found and ended."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from config.launcher.places import LOGS, ROOT, RUN

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 5_000_000
LEFTOVER_PATIENCE = 5.0
Process = subprocess.Popen[bytes]

libc = ctypes.CDLL(None)


def spawn(
    name: str,
    command: Sequence[str | Path],
    *,
    logs: Path = LOGS,
    death: signal.Signals = signal.SIGTERM,
    become: Callable[[], None] = lambda: None,
) -> Process:
    """Start a process in a group of its own that ends when this process ends, however it ends."""
    log = logs / f"{name}.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.old"))
    with log.open("ab") as file:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            preexec_fn=dying_with_us(death, become),
            process_group=0,
        )


def dying_with_us(death: signal.Signals, become: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Return what a child has to do before exec to get the signal when we die, by whatever cause."""
    parent = os.getpid()

    def prepare() -> None:
        become()
        if sys.platform == "linux":
            # After becoming somebody else, for that forgets it.
            libc.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def end(processes: Iterable[Process], how: signal.Signals = signal.SIGTERM, patience: float = 8) -> None:
    """Ask the processes to end, all at once, and kill those that don't."""
    asked = list(processes)
    for process in asked:
        if process.poll() is None:
            process.send_signal(how)
    deadline = time.monotonic() + patience
    for process in asked:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def remember(name: str, process: Process) -> None:
    """Write down which process this is, for the start after a crash."""
    (RUN / f"{name}.pid").write_text(f"{process.pid} {_born(process.pid)}")


def end_leftovers() -> None:
    """End what a killed former start left running; a pid that meanwhile went to a stranger is left alone."""
    notes = {note: note.read_text().split(maxsplit=1) for note in RUN.glob("*.pid")}
    ours = {
        int(pid): born for pid, born in (note for note in notes.values() if len(note) == 2) if _born(int(pid)) == born
    }
    deadline = time.monotonic() + LEFTOVER_PATIENCE
    for pid in ours:
        _send(pid, signal.SIGINT)
    while running := [pid for pid, born in ours.items() if _born(pid) == born]:
        if time.monotonic() > deadline:
            for pid in running:
                _send(pid, signal.SIGKILL)
        time.sleep(0.05)
    for note in notes:
        note.unlink()


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _born(pid: int) -> str:
    """Return when the process began, as the system counts; empty when there is none (or only its remains)."""
    if sys.platform != "linux":
        asked = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]
