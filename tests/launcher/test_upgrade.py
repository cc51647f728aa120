"""A folder that an older PostgreSQL made is brought to the embedded one by backup and restore.

The older one is the system's: there is no older wheel to take.
"""

import json
from pathlib import Path

import pytest

from config.launcher import memory, postgres, roles
from config.launcher.postgres import FORGETFUL, Cluster
from tests.launcher.starting import Checkout, free_port

OLDER = sorted(Path("/usr/lib/postgresql").glob("1[567]/bin/postgres"))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not OLDER, reason="the system has no PostgreSQL 15 to 17"),
]


@pytest.fixture
def secrets(checkout: Checkout) -> dict[str, str]:
    """What the folder has kept since its first start."""
    made = memory.new_secrets()
    (checkout.folder / "var").mkdir(mode=0o711)
    (checkout.folder / "var" / "secrets.json").write_text(json.dumps(made))
    return made


@pytest.fixture
def older(
    checkout: Checkout, secrets: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """The folder's data as an older server made and left it, and a backup of it."""
    archive, home = tmp_path / "desk.zip", checkout.folder / "var" / "postgres"
    with monkeypatch.context() as patched:
        patched.setattr(postgres, "binary", lambda name: OLDER[0].parent / name)
        patched.setattr(postgres, "INITDB", "--username=postgres --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8")
        cluster = Cluster(home, free_port(), secrets["superuser"], tmp_path, FORGETFUL)
        cluster.make()
        server = cluster.start()
        try:
            roles.make_roles(cluster.maintenance_url, secrets)
            _work_and_back_up(checkout, secrets, cluster, archive)
        finally:
            cluster.stop(server)
    return home, archive


def _work_and_back_up(checkout: Checkout, secrets: dict[str, str], cluster: Cluster, archive: Path) -> None:
    environment = {
        "DATABASE_URL": roles.url_for("app", secrets["app"], cluster.port),
        "DATABASE_OWNER_URL": roles.url_for("owner", secrets["owner"], cluster.port),
    }
    found = ("add", "tern", "--name", "Tern", "--host", "tern.example", "--admin-mail", "nia@tern.example")
    for words in (("migrate", "-v", "0"), ("organisation", *found), ("backup", str(archive))):
        answer = checkout.run(*words, **environment)
        assert answer.returncode == 0, answer.stderr


def test_an_older_servers_folder_is_brought_over(checkout: Checkout, older: tuple[Path, Path]) -> None:
    home, archive = older
    refused = checkout.run("restore", str(archive))
    assert refused.returncode == 1
    assert f"was made by PostgreSQL {(home / 'data' / 'PG_VERSION').read_text().strip()}" in refused.stderr
    assert "`manage.py restore FILE`" in refused.stderr
    home.rename(home.with_name("postgres.old"))
    restored = checkout.run("restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert "tenancy_trailentry" in restored.stdout
    assert "tern: Tern, http://tern.example" in checkout.run("organisation", "list").stdout
    now, then = (folder / "data" / "PG_VERSION" for folder in (home, home.with_name("postgres.old")))
    assert int(now.read_text()) > int(then.read_text())
