"""The embedded servers start after anything, as anybody; and no role that could bypass the wall gets in."""

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from config.launcher import broker, identity, memory, places, roles
from config.launcher.identity import Identity, identity_for
from config.launcher.postgres import FORGETFUL, Cluster, binary
from config.launcher.processes import Process, end
from config.launcher.say import Stop
from tests.launcher.starting import free_port, is_running, wait_until

SECRETS = {"owner": "o", "app": "a", "backup": "b"}


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """A cluster that is made, but not started, in a private folder."""
    home = tmp_path / "my data"
    home.mkdir(mode=0o700)
    made = Cluster(home, free_port(), "secret", tmp_path, FORGETFUL)
    made.make()
    return made


@pytest.fixture
def server(cluster: Cluster) -> Iterator[Process]:
    """The cluster's server, with our roles."""
    process = cluster.start()
    roles.make_roles(cluster.maintenance_url, SECRETS)
    yield process
    end([process], signal.SIGQUIT)


def _url(cluster: Cluster, role: str) -> str:
    return roles.url_for(role, SECRETS[role], cluster.port)


def _candidates() -> list[Identity]:
    return list(identity._candidates())


@pytest.mark.parametrize("number", range(3), ids=["namespace", "another user", "another user who may pass"])
def test_it_runs_whoever_starts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Root has three ways, of which the last works in any folder; an ordinary user has one."""
    candidates = _candidates()
    if number >= len(candidates):
        pytest.skip("an ordinary user runs it as himself")
    monkeypatch.setattr(identity, "_candidates", lambda: iter([candidates[number]]))
    home = tmp_path / "my data"
    home.mkdir(mode=0o700)
    cluster = Cluster(home, free_port(), "secret", tmp_path, FORGETFUL)
    try:
        cluster.make()
    except Stop:
        assert number < 2, "the last way has to work"
        pytest.skip("this system does not allow that way, or not in this folder")
    process = cluster.start()
    with roles.connected(cluster.maintenance_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.stop(process)
    assert process.returncode == 0


def test_nobody_else_may_run_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise PermissionError(1, "forbidden here")

    nobody = Identity(os.getuid(), os.getgid(), refuse)
    monkeypatch.setattr(identity, "_candidates", lambda: iter([nobody]))
    with pytest.raises(Stop, match="ordinary user"):
        identity_for(binary("postgres"), tmp_path)


def test_a_killed_server_starts_again_with_its_data(cluster: Cluster) -> None:
    cluster = replace(cluster, options={})  # with all its promises
    process = cluster.start()
    with psycopg.connect(cluster.maintenance_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    process.kill()
    again = cluster.start()
    with roles.connected(cluster.maintenance_url) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    end([again, process], signal.SIGQUIT)


def test_a_left_over_server_is_ended_first(cluster: Cluster) -> None:
    left_over = cluster.start()
    again = cluster.start()
    assert left_over.wait(5) == 0
    end([again], signal.SIGQUIT)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is PostgreSQL's own judgement")
def test_a_stale_note_that_names_a_stranger_is_no_hindrance(cluster: Cluster) -> None:
    (cluster.data / "postmaster.pid").write_text(
        f"{os.getpid()}\n{cluster.data}\n1\n{cluster.port}\n\n127.0.0.1\n1 1\nready\n"
    )
    process = cluster.start()
    assert is_running(process.pid)
    end([process], signal.SIGQUIT)


def test_half_a_data_folder_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "home" / "data.new").mkdir(parents=True)
    (tmp_path / "home" / "data.new" / "half").touch()
    cluster = Cluster(tmp_path / "home", free_port(), "secret", tmp_path, FORGETFUL)
    cluster.make()
    assert (cluster.data / "PG_VERSION").exists()
    assert not (cluster.data / "half").exists()
    assert not (tmp_path / "home" / "password").exists()


def test_a_server_that_can_t_start_says_why(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.launcher.postgres.START_PATIENCE", 4)  # enough for a busy machine to have it said
    broken = replace(cluster, options={"shared_buffers": "none"})
    with pytest.raises(Stop, match="shared_buffers"):
        broken.start()


def test_it_listens_on_the_loopback_only_and_asks_for_a_password(cluster: Cluster, server: Process) -> None:
    with roles.connected(cluster.maintenance_url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
        assert connection.execute("SHOW unix_socket_directories").fetchone() == ("",)
    with (
        pytest.raises(Stop, match="password authentication failed"),
        roles.connected(cluster.maintenance_url.replace("secret", "guess")),
    ):
        pass


def test_the_roles_are_what_the_wall_needs(cluster: Cluster, server: Process) -> None:
    roles.make_roles(cluster.maintenance_url, SECRETS)  # a second time changes nothing
    roles.check_wall(_url(cluster, "app"))
    roles.check_owner(_url(cluster, "owner"))
    with roles.connected(cluster.maintenance_url) as connection:
        found = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname ~ '^stillwater' ORDER BY 1"
        ).fetchall()
    assert found == [
        ("stillwater_app", False, False, False),
        ("stillwater_backup", False, True, False),
        ("stillwater_owner", False, True, False),
    ]


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("ALTER ROLE stillwater_app SUPERUSER", "is a superuser"),
        ("ALTER ROLE stillwater_app BYPASSRLS", "has BYPASSRLS"),
        ("CREATE TABLE its_own (); ALTER TABLE its_own OWNER TO stillwater_app", "owns tables"),
        ("ALTER DATABASE stillwater OWNER TO stillwater_app", "owns the database"),
        ("GRANT stillwater_owner TO stillwater_app", "stillwater_owner has BYPASSRLS"),
    ],
)
def test_a_role_that_could_bypass_the_wall_is_refused(cluster: Cluster, server: Process, how: str, told: str) -> None:
    with roles.connected(cluster.maintenance_url.removesuffix("/postgres") + "/stillwater") as connection:
        connection.execute(how.encode())
    with pytest.raises(Stop, match=told):
        roles.check_wall(_url(cluster, "app"))


def test_an_owner_who_owns_nothing_is_told(cluster: Cluster, server: Process) -> None:
    with pytest.raises(Stop, match="may not make tables"):
        roles.check_owner(_url(cluster, "app"))


def test_what_the_database_holds_is_noted_on_itself(cluster: Cluster, server: Process) -> None:
    assert roles.kept_state(cluster.maintenance_url) == {}
    roles.keep_state(cluster.maintenance_url, code="1")
    assert roles.kept_state(cluster.maintenance_url)["code"] == "1"
    with roles.connected(_url(cluster, "owner")) as connection:
        connection.execute("CREATE TABLE django_migrations (id int)")
    assert roles.kept_state(cluster.maintenance_url) == {}, "the migrations are not those of then any more"


def test_the_digest_of_the_code_follows_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "__init__.py").touch()
    monkeypatch.setattr(roles, "ROOT", tmp_path)
    before = roles.code_digest()
    assert roles.code_digest() == before
    (tmp_path / "room" / "models.py").write_text("x = 1")
    assert roles.code_digest() != before


@pytest.mark.parametrize("url", ["mysql://x@y/z", "stillwater"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(Stop, match="PostgreSQL"):
        roles.check_wall(url)


def test_the_broker_starts_and_a_taken_port_is_told(tmp_path: Path) -> None:
    port = free_port()
    process = broker.start(port, tmp_path, tmp_path)
    assert memory.is_answering(port)
    end([process])
    assert process.returncode == 0
    assert not memory.is_answering(port)
    with pytest.raises(Stop, match="broker does not start"):
        broker.start(port, tmp_path / "nowhere", tmp_path)


def test_the_mail_catcher_keeps_each_mail_as_it_came(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "mail box"
    command = [sys.executable, "-m", "config.mailcatcher", "--port", str(port), "--folder", str(folder)]
    with subprocess.Popen(command, cwd=places.ROOT) as process:
        wait_until(lambda: memory.is_answering(port), 10)
        with smtplib.SMTP("127.0.0.1", port) as client:
            for number in range(3):
                text = f"Subject: {number}\r\n\r\nGrüße\r\n.\r\n".encode()
                client.sendmail("desk@harbour.example", ["ada@harbour.example"], text)
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
    mails = [path.read_bytes() for path in sorted(folder.iterdir())]
    assert mails == [f"Subject: {number}\r\n\r\nGrüße\r\n.\r\n".encode() for number in range(3)]
    assert folder.stat().st_mode & 0o777 == 0o700
