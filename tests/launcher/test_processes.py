"""Children end with their parent, come back when they crash, and strangers are left alone."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.launcher import keeper, locks, memory, processes
from config.launcher.keeper import Keeper
from config.launcher.processes import Process, end
from config.launcher.say import Stop
from tests.launcher.starting import is_running, wait_until

PARENT = """
import sys, time
from pathlib import Path
from config.launcher.processes import spawn
print(spawn("child", [sys.executable, "-c", "import time; time.sleep(60)"], logs=Path(sys.argv[1])).pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the notes about processes."""
    monkeypatch.setattr(processes, "RUN", tmp_path)
    return tmp_path


@pytest.fixture
def a_keeper(run: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    """A keeper in a hurry; the signals are given back afterwards."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    monkeypatch.setattr(keeper, "LOOK_EVERY", 0.01)
    made = Keeper()
    yield made
    made.end_all()
    for number, handler in before.items():
        signal.signal(number, handler)


def _sleep() -> Process:
    return subprocess.Popen(["sleep", "60"])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends what was left")
def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert is_running(child)
        parent.kill()
    wait_until(lambda: not is_running(child), 5)


def test_leftovers_are_ended_and_strangers_left_alone(run: Path) -> None:
    ours, stranger = _sleep(), _sleep()
    processes.remember("ours", ours)
    (run / "stranger.pid").write_text(f"{stranger.pid} a day long gone")
    (run / "torn.pid").write_text("")
    processes.end_leftovers()
    assert stranger.poll() is None
    assert ours.wait(1) == -signal.SIGINT
    assert list(run.glob("*.pid")) == []
    end([stranger])


def test_a_frozen_leftover_is_killed(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "LEFTOVER_PATIENCE", 0.2)
    frozen = _sleep()
    processes.remember("frozen", frozen)
    frozen.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, frozen.pid, os.WSTOPPED)
    processes.end_leftovers()
    assert frozen.wait(1) == -signal.SIGKILL


def test_a_crashed_process_comes_back_with_growing_pauses(
    a_keeper: Keeper, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    kept = a_keeper.add("web", _sleep)
    for pause in (1, 2, 4):
        kept.process.kill()
        kept.process.wait()
        a_keeper._look_after(kept)
        now[0] += pause - 0.1
        a_keeper._look_after(kept)
        assert kept.process.poll() is not None
        now[0] += 0.2
        a_keeper._look_after(kept)
        assert kept.process.poll() is None
    told = capsys.readouterr().out
    assert "web stopped (signal 9); starting it again in 4 s." in told
    assert told.count("web runs again.") == 3


def test_one_that_does_not_start_is_tried_again(a_keeper: Keeper, capsys: pytest.CaptureFixture[str]) -> None:
    kept = a_keeper.add("postgres", _sleep)
    end([kept.process])

    def refuse() -> Process:
        raise Stop("the disk is full")

    kept.start, kept.again_at = refuse, time.monotonic()
    a_keeper._look_after(kept)
    assert "postgres did not start (the disk is full); starting it again in 1 s." in capsys.readouterr().out


def test_servers_end_after_those_who_use_them(a_keeper: Keeper) -> None:
    ended: list[str] = []
    web = a_keeper.add("web", _sleep)

    def stop(name: str, process: Process) -> None:
        assert web.process.poll() is not None
        ended.append(name)
        end([process])

    a_keeper.add("broker", _sleep, lambda process: stop("broker", process))
    a_keeper.add("postgres", _sleep, lambda process: stop("postgres", process))
    a_keeper.end_all()
    assert ended == ["postgres", "broker"]


def test_ctrl_c_ends_the_watch(a_keeper: Keeper) -> None:
    a_keeper.add("web", _sleep)
    before = signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    a_keeper.watch()
    signal.signal(signal.SIGALRM, before)
    assert a_keeper.is_asked_to_end


def test_one_start_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locks.only_one(lock, "up"):
        assert locks.is_held(lock)
        with pytest.raises(Stop, match="already runs in this folder"), locks.only_one(lock, "up"):
            pass
    assert not locks.is_held(lock)
    with locks.only_one(lock, "up"):
        pass


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of state."""
    monkeypatch.setattr(memory, "SECRETS", tmp_path / "secrets.json")
    monkeypatch.setattr(memory, "PORTS", tmp_path / "ports.json")
    return tmp_path


def test_secrets_are_made_once_and_private(var: Path) -> None:
    made = memory.kept_secrets(var / "data")
    assert memory.kept_secrets(var / "data") == made
    assert memory.SECRETS.stat().st_mode & 0o777 == 0o600
    assert len(made["secret_key"]) >= 50
    assert len(set(made.values())) == len(memory.NAMES)


def test_lost_secrets_of_a_kept_database_are_told(var: Path) -> None:
    (var / "data").mkdir()
    with pytest.raises(Stop, match=r"secrets\.json is gone"):
        memory.kept_secrets(var / "data")


def test_ports_are_kept_until_somebody_takes_them(var: Path) -> None:
    port = memory.port_for("database")
    assert memory.port_for("database") == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert memory.is_answering(port)
        assert memory.port_for("database") != port
    assert not memory.is_answering(port)


def test_a_torn_note_of_ports_is_no_harm(var: Path) -> None:
    memory.PORTS.write_text('{"web": 80')
    assert memory.kept_ports() == {}
