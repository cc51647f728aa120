"""The container's files, where no engine runs: their syntax, what they name, and what the image would hold, running."""

import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from django.conf import settings
from django.db import connection

from config.launcher import roles
from config.launcher.memory import free_port, is_answering
from config.launcher.places import ROOT
from config.launcher.postgres import FORGETFUL, Cluster

FOLDER = ROOT / "config" / "container"
OPERATIONS = ROOT / "docs" / "operations.md"
INSTRUCTIONS = {"FROM", "WORKDIR", "ENV", "COPY", "RUN", "VOLUME", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"}
SERVICE_KEYS = {
    "image", "build", "restart", "read_only", "cap_drop", "security_opt", "tmpfs", "volumes", "stop_grace_period",
    "environment", "depends_on", "ports", "command", "healthcheck",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_URL$")


def instructions() -> list[tuple[str, str]]:
    """The container file, one instruction each."""
    text = re.sub(r"^#.*\n", "", (FOLDER / "Containerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(name, rest.strip()) for name, _space, rest in (line.partition(" ") for line in text.splitlines() if line)]


def told(name: str) -> list[str]:
    return [rest for instruction, rest in instructions() if instruction == name]


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _value in node.value if key.tag != "tag:yaml.org,2002:merge"]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: a key stands twice"
        return super().construct_mapping(node, deep)


@pytest.fixture(scope="module")
def compose() -> Any:
    """The compose file."""
    return Strict((FOLDER / "compose.yaml").read_text()).get_single_data()


def test_the_container_file_is_well_formed_and_names_what_is_there() -> None:
    assert {name for name, _rest in instructions()} == INSTRUCTIONS
    assert instructions()[0][0] == "FROM"
    for copied in told("COPY"):
        *sources, _target = copied.split()
        assert all((ROOT / source).exists() for source in sources), copied
    for exact in (*told("CMD"), told("HEALTHCHECK")[0].partition("CMD ")[2]):
        assert all(isinstance(word, str) for word in json.loads(exact))


def test_the_image_holds_every_room_and_runs_as_nobody_in_particular() -> None:
    rooms = {folder.name for folder in ROOT.iterdir() if (folder / "__init__.py").exists()} - {"tests"}
    assert rooms | {"templates"} <= set(" ".join(told("COPY")).split())
    assert told("USER") == ["10001:10001"]
    assert not any(SECRET.search(line) for line in told("ENV"))
    assert {".git", ".venv", "var", "**/.env"} <= set((ROOT / ".dockerignore").read_text().split())


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """The folder of the image: what is copied, and nothing else."""
    for copied in told("COPY"):
        *sources, target = copied.split()
        for source in sources:
            place = tmp_path / target / source if target.endswith("/") else tmp_path / target
            place.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / source, place)
    return tmp_path


@pytest.fixture
def environment(django_db_setup: None, tmp_path: Path) -> dict[str, str]:
    """What the image is told, with this run's servers."""
    fixed = dict(pair.split("=", 1) for line in told("ENV") for pair in line.split())
    address = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    return {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}},
        **fixed,
        "PYTHONWARNINGS": "ignore",
        "FILES_ROOT": str(tmp_path / "files"),
        "SECRET_KEY": "p7Zt0qVx3Lr9sWc2Kd8Ym5Hb1Nf6Gj4TaEuRiOo-QvXzPlMkJn_BhGy",
        "DATABASE_URL": address.geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": "smtp://127.0.0.1:25",
    }


@pytest.fixture
def web(image: Path, environment: dict[str, str]) -> Iterator[str]:
    """The image's own command, running; its address."""
    # Not packed: that takes a minute, and no page is asked for.
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--no-post-process"]
    subprocess.run(collect, cwd=image, env=environment, check=True, capture_output=True)
    port = free_port()
    words = [sys.executable, *json.loads(told("CMD")[0])[1:]]
    swap = {"8000": str(port), words[words.index("--host") + 1]: "127.0.0.1"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([swap.get(word, word) for word in words], cwd=image, env=environment, **quiet)
    try:
        deadline = time.monotonic() + 30
        while not is_answering(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(30) in {0, -15}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_the_image_holds_is_enough_to_serve(web: str, image: Path, environment: dict[str, str]) -> None:
    check = next(word for word in json.loads(told("HEALTHCHECK")[0].partition("CMD ")[2]) if "urlopen" in word)
    path = re.search(r"http://127\.0\.0\.1:8000([^']+)", check)
    assert path is not None
    for asked in (path[1], "/health/serving"):
        with urllib.request.urlopen(web + asked, timeout=10) as answer:
            assert answer.status == 200
    bootstraps = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=image, env=environment, capture_output=True, text=True, check=False
    )
    assert bootstraps.returncode == 1
    assert "as a production image does" in bootstraps.stderr
    assert not (image / ".venv").exists()


def test_the_compose_file_is_well_formed(compose: Any) -> None:
    services = compose["services"]
    assert set(compose) == {"name", "x-stillwater", "services", "volumes"}
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS, name
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] in CONDITIONS
            if how["condition"] == "service_healthy":
                assert "test" in services[needed]["healthcheck"]
            if how["condition"] == "service_completed_successfully":
                assert services[needed]["restart"] == "no"
        for volume in service.get("volumes", []):
            source = volume.rpartition(":")[0] if volume.startswith("${") else volume.split(":")[0]
            assert source in compose["volumes"] or source.startswith("${") or (FOLDER / source).exists(), volume
    assert {"web", "worker", "beat", "tick", "migrate"} <= set(services)
    for ours in ("web", "worker", "beat", "tick", "migrate"):
        assert services[ours]["read_only"]
        assert services[ours]["cap_drop"] == ["ALL"]
    build = services["web"]["build"]
    assert ((FOLDER / build["context"]).resolve() / build["dockerfile"]).exists()


def test_no_secret_stands_in_the_compose_file(compose: Any) -> None:
    asked = set()
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if (SECRET.search(name) and "@" in str(value)) or re.search("PASSWORD|SECRET", name):
                assert re.search(r"\$\{\w+:\?", str(value)), name
    for name in re.findall(r"\$\{(\w+):\?", (FOLDER / "compose.yaml").read_text()):
        asked.add(name)
    documented = OPERATIONS.read_text().split("```sh\n# .env")[1].split("```")[0]
    assert asked == set(re.findall(r"^(\w+)=", documented, re.MULTILINE))


def test_the_compose_files_commands_exist(compose: Any) -> None:
    for name in ("worker", "beat"):
        words = compose["services"][name]["command"]
        assert words[:2] == ["python", "-m"]
        application = importlib.import_module(words[words.index("-A") + 1])
        assert application.app
        kind = next(word for word in ("worker", "beat") if word in words)
        helped = subprocess.run(
            [sys.executable, "-m", "celery", "-A", "config.celery", kind, "--help"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for option in words[words.index(kind) + 1 :]:
            assert not option.startswith("--") or option.partition("=")[0] in helped, option
    assert compose["services"]["migrate"]["command"] == ["python", "manage.py", "migrate"]


@pytest.mark.skipif(not shutil.which("psql"), reason="psql is not installed")
def test_the_roles_are_made_once_and_are_those_of_the_wall(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / "postgres", free_port(), "topmost", tmp_path, FORGETFUL)
    cluster.make()
    server = cluster.start()
    try:
        words = ["psql", cluster.maintenance_url, "--no-psqlrc", "--quiet", f"--file={FOLDER / 'roles.sql'}"]
        passwords = [f"--set={role}_password={role}'s" for role in ("owner", "app", "backup")]
        for _twice in range(2):
            subprocess.run([*words, *passwords], check=True, capture_output=True)
        url = f"@127.0.0.1:{cluster.port}/stillwater"
        roles.check_wall(f"postgres://stillwater_app:app's{url}")
        roles.check_owner(f"postgres://stillwater_owner:owner's{url}")
        with psycopg.connect(f"postgres://stillwater_backup:backup's{url}") as db:
            powers = db.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname ~ '^still'")
            assert sorted(powers.fetchall()) == [
                ("stillwater_app", False, False), ("stillwater_backup", False, True), ("stillwater_owner", False, True),
            ]  # fmt: skip
    finally:
        cluster.stop(server)
