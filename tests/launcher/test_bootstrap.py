"""The virtual environment is made, completed and repaired; and the launcher needs nothing before that."""

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.launcher import bootstrap, places, say
from config.launcher.bootstrap import Marker
from config.launcher.say import Stop

BEFORE_ANYTHING_IS_INSTALLED = (
    "config.launcher", "config.launcher.bootstrap", "config.launcher.options", "config.launcher.processes"
)  # fmt: skip


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A virtual environment that looks like one."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").touch()
    (folder / "lib" / "python3" / "site-packages" / "django").mkdir(parents=True)
    monkeypatch.setattr(places, "VENV", folder)
    monkeypatch.setattr(places, "PYTHON", folder / "bin" / "python")
    monkeypatch.setattr(places, "LOGS", tmp_path)
    monkeypatch.setattr(bootstrap, "MARKER", folder / "stillwater.json")
    return folder


def _mark(**changes: object) -> None:
    good = Marker(
        python=bootstrap.VERSION, digests={"runtime.txt": bootstrap._digest("runtime.txt")}, content=["django"]
    )
    bootstrap.MARKER.write_text(json.dumps({**good.__dict__, **changes}))


def test_what_the_lock_names_is_not_installed_again(venv: Path) -> None:
    _mark()
    assert bootstrap.is_ready("runtime.txt")
    assert not bootstrap.is_ready("test.txt")


@pytest.mark.parametrize(
    "changes",
    [
        {"digests": {"runtime.txt": "of an older lock"}},
        {"unfinished": True},
        {"python": "3.10"},
        {"content": ["django", "a package that somebody deleted"]},
        {"a field": "of a later version"},
    ],
)
def test_what_is_stale_or_half_made_is_seen(venv: Path, changes: dict[str, object]) -> None:
    _mark(**changes)
    assert not bootstrap.is_ready("runtime.txt")


def test_a_lost_python_is_seen(venv: Path) -> None:
    _mark()
    places.PYTHON.unlink()
    assert not bootstrap.is_ready("runtime.txt")


def test_a_stale_lock_alone_does_not_throw_everything_away(venv: Path) -> None:
    _mark(digests={})
    assert not bootstrap._is_broken()


def test_a_python_without_venv_names_the_package(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Stop, match="python3-venv"):
        bootstrap._make()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one"),
        ("WARNING: Retrying\nERROR: No matching distribution found for django==5.2", "could not be fetched"),
    ],
)
def test_what_pip_says_becomes_one_sentence(tmp_path: Path, said: str, told: str) -> None:
    log = tmp_path / "packages.log"
    log.write_text(said)
    sentence = bootstrap._complaint(log)
    assert told in sentence
    assert "\n" not in sentence


def test_a_failed_install_leaves_what_was_good(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _mark()
    (places.LOGS / "packages.log").write_text("ERROR: no network")
    monkeypatch.setattr(bootstrap, "_run", lambda command, log: 1)
    with pytest.raises(Stop):
        bootstrap._install("test.txt")
    assert bootstrap.is_ready("runtime.txt")


def test_the_tests_lock_contains_the_other() -> None:
    pins = {
        name: set(re.findall(r"^\S+==\S+", (places.LOCKS / name).read_text(), re.M))
        for name in ("runtime.txt", "test.txt")
    }
    assert pins["runtime.txt"] < pins["test.txt"]


def test_every_package_of_the_locks_has_hashes() -> None:
    for name in ("runtime.txt", "test.txt"):
        entries = re.split(
            r"\n(?=\S)", re.sub(r"^\s*#.*\n?", "", (places.LOCKS / name).read_text(), flags=re.M).strip()
        )
        assert len(entries) > 30
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_an_old_python_can_read_the_refusal() -> None:
    source = (places.ROOT / "manage.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    assert 'f"' not in source


def test_the_launcher_starts_with_the_standard_library_alone() -> None:
    imports = "; ".join(f"import {name}" for name in BEFORE_ANYTHING_IS_INSTALLED)
    code = f"import sys; sys.path.insert(0, '.'); {imports}"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], cwd=places.ROOT, check=True)


def test_too_full_a_disk_is_told_before_it_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "free_megabytes", lambda: 12)
    with pytest.raises(Stop, match="12 MB are free"):
        places.require_room(700)


@pytest.mark.parametrize(("number", "told"), [(28, "disk is full"), (13, "may not"), (30, "read-only"), (9, None)])
def test_failures_of_the_system_become_a_sentence(number: int, told: str | None) -> None:
    sentence = say.sentence_for(OSError(number, "words", "/a/file"))
    assert sentence is None if told is None else told in str(sentence)
