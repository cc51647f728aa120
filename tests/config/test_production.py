"""Production starts with a whole and strong environment only, and says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {
    "SECRET_KEY": "p7Zt0qVx3Lr9sWc2Kd8Ym5Hb1Nf6Gj4TaEuRiOo-QvXzPlMkJn_BhGy",
    "DATABASE_URL": "postgres://stillwater_app:x@127.0.0.1:5432/stillwater",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
}
SHOW = "from config.settings.production import *; print(SESSION_COOKIE_NAME, SESSION_COOKIE_SECURE, ROOT_URLCONF)"


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **WHOLE, **changes}
    command = [sys.executable, "-c", SHOW]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_whole_environment_is_enough_and_the_pages_for_builders_stay_out() -> None:
    done = start()
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["__Host-session", "True", "config.urls"]


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_missing_is_named(name: str) -> None:
    refused = start(**{name: ""})
    assert refused.returncode != 0
    assert refused.stderr.strip().endswith(f"Set the environment variable {name}.")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY is too weak"),
        ("SECRET_KEY", "ab" * 40, "SECRET_KEY is too weak"),
        ("DEFAULT_ORGANISATION", "harbour", "DEFAULT_ORGANISATION is for development only"),
        ("DATABASE_URL", "mysql://127.0.0.1/stillwater", "the wall needs PostgreSQL"),
        ("EMAIL_URL", "http://127.0.0.1", "EMAIL_URL must start with smtp://"),
    ],
)
def test_what_is_weak_or_wrong_is_refused(name: str, value: str, words: str) -> None:
    refused = start(**{name: value})
    assert refused.returncode != 0
    assert words in refused.stderr.strip().splitlines()[-1]
