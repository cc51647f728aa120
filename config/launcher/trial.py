"""`test`: the suite, on a PostgreSQL and a broker of its own that nobody else sees."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.launcher import broker, memory, places, roles
from config.launcher.locks import in_turn, is_held, only_one
from config.launcher.postgres import FORGETFUL, Cluster, end_servers_in
from config.launcher.processes import dying_with_us, end
from config.launcher.say import Stop, step

IN_PARALLEL = ("-n", "2", "--dist", "worksteal")
SAYS_HOW = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "--collect-only", "--co")


def trial(arguments: list[str]) -> int:
    """Run pytest and return its exit code."""
    if bool(os.environ.get("TEST_DATABASE_URL")) != bool(os.environ.get("TEST_DATABASE_OWNER_URL")):
        raise Stop("Set both TEST_DATABASE_URL and TEST_DATABASE_OWNER_URL, or neither.")
    with _folder() as folder, ExitStack() as stack:
        _fill_environment(folder)
        if not os.environ.get("TEST_DATABASE_URL"):
            stack.enter_context(_database(folder))
        if not os.environ.get("TEST_REDIS_URL"):
            stack.enter_context(_broker(folder))
        return _pytest(arguments)


@contextmanager
def _folder() -> Iterator[Path]:
    """Have a folder for this run; those of killed runs are cleared away. Runs don't disturb each other."""
    with ExitStack() as stack:
        with in_turn(places.RUN / "trials.lock"):
            _clear_leftovers()
            folder = places.TRIALS / str(os.getpid())
            (folder / "log").mkdir(parents=True)
            stack.enter_context(only_one(folder / "lock", "test"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _clear_leftovers() -> None:
    for folder in places.TRIALS.iterdir():
        if not is_held(folder / "lock"):
            end_servers_in(folder / "postgres" / "data")
            shutil.rmtree(folder, ignore_errors=True)


def _fill_environment(folder: Path) -> None:
    """Leave nothing of the developer's own environment: a test run never touches what `up` shows."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.test",
        SECRET_KEY=memory.new_secrets()["secret_key"],
        DATABASE_URL=os.environ.get("TEST_DATABASE_URL", ""),
        DATABASE_OWNER_URL=os.environ.get("TEST_DATABASE_OWNER_URL", ""),
        DATABASE_BACKUP_URL="",
        REDIS_URL=os.environ.get("TEST_REDIS_URL", ""),
        EMAIL_URL="smtp://127.0.0.1:25",
        FILES_ROOT=str(folder / "files"),
        MAILBOX_DIR=str(folder / "mail"),
        PUBLIC_SCHEME="http",
        PUBLIC_PORT="",
        DEFAULT_ORGANISATION="",
        LOG_FORMAT="words",
        LOG_LEVEL="WARNING",
        METRICS_TOKEN="",
    )


@contextmanager
def _database(folder: Path) -> Iterator[None]:
    secrets = memory.new_secrets()
    home, logs = folder / "postgres", folder / "log"
    cluster = Cluster(home, memory.free_port(), secrets["superuser"], logs, FORGETFUL)
    with step("a database for the tests"):
        cluster.make()
        server = cluster.start()
    try:
        roles.make_roles(cluster.maintenance_url, secrets, may_create_databases=True)
        for role, name in (("app", "DATABASE_URL"), ("owner", "DATABASE_OWNER_URL")):
            os.environ[name] = roles.url_for(role, secrets[role], cluster.port)
        yield
    finally:
        end([server], signal.SIGQUIT)


@contextmanager
def _broker(folder: Path) -> Iterator[None]:
    port = memory.free_port()
    server = broker.start(port, folder, folder / "log")
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{port}/0"
    try:
        yield
    finally:
        end([server])


def _pytest(arguments: list[str]) -> int:
    says_how = "no:xdist" in arguments or any(argument.startswith(SAYS_HOW) for argument in arguments)
    command = [sys.executable, "-m", "pytest", *(() if says_how else IN_PARALLEL), *arguments]
    process = subprocess.Popen(command, cwd=places.ROOT, preexec_fn=dying_with_us(signal.SIGTERM))
    # Ctrl-C reaches pytest by itself; it winds up, and then we do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()
