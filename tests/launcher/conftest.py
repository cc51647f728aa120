"""A copy of the checkout to start things in, so that nothing of the developer's own `var/` is touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.launcher.places import ROOT
from tests.launcher.starting import Checkout

STATE = {"var", ".venv", ".git", "node_modules"}


@pytest.fixture(scope="session")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkout's files without any state, copied once."""
    target = tmp_path_factory.mktemp("original") / "tree"
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    tracked = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=False)
    if tracked.returncode:  # a downloaded archive
        shutil.copytree(ROOT, target, ignore=lambda folder, names: STATE & set(names))
        return target
    for name in filter(None, tracked.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    return target


@pytest.fixture
def checkout(original: Path, tmp_path: Path) -> Checkout:
    """A checkout in a private folder with a space in its name, that uses the virtual environment of this run."""
    folder = tmp_path / "a desk"
    shutil.copytree(original, folder)
    folder.chmod(0o700)
    passed = {
        name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"} or name.startswith("PIP_")
    }
    python = getattr(sys, "_base_executable", sys.executable)
    return Checkout(folder, python, {**passed, "STILLWATER_VENV": sys.prefix})
