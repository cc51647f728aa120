"""`bench`: servers of its own under ``var/bench``, whose data stays for the next run."""

import json
import os
from contextlib import ExitStack
from pathlib import Path

from config.launcher import broker, memory, places, roles
from config.launcher.command import run_django
from config.launcher.locks import only_one
from config.launcher.postgres import Cluster
from config.launcher.processes import end
from config.launcher.say import step

# Another place may be named, so that two runs don't meet.
HOME = Path(os.environ.get("BENCH_HOME") or places.VAR / "bench")
# Kept safe as anywhere, with the memory that even a small server has for its database.
OPTIONS = {"shared_buffers": "256MB"}


def bench(arguments: list[str]) -> int:
    """Run Django's command `bench` beside servers that nobody else uses."""
    for folder in (HOME, HOME / "log", HOME / "files"):
        folder.mkdir(mode=0o700, exist_ok=True)
    if {"-h", "--help"} & set(arguments):
        return _run(5432, 6379, memory.new_secrets(), arguments)
    with only_one(HOME / "lock", "bench"), ExitStack() as stack:
        secrets = _secrets(HOME / "secrets.json")
        cluster = Cluster(HOME / "postgres", memory.free_port(), secrets["superuser"], HOME / "log", OPTIONS)
        with step("servers"):
            cluster.make()
            stack.callback(cluster.stop, cluster.start())
            roles.make_roles(cluster.maintenance_url, secrets, may_create_databases=True)
            broker_port = memory.free_port()
            stack.callback(end, [broker.start(broker_port, HOME, HOME / "log")])
        return _run(cluster.port, broker_port, secrets, arguments)


def _run(database: int, broker_port: int, secrets: dict[str, str], arguments: list[str]) -> int:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.bench",
        BENCH_HOME=str(HOME),
        SECRET_KEY=secrets["secret_key"],
        DATABASE_URL=roles.url_for("app", secrets["app"], database),
        DATABASE_OWNER_URL=roles.url_for("owner", secrets["owner"], database),
        REDIS_URL=f"redis://127.0.0.1:{broker_port}/0",
        EMAIL_URL="smtp://127.0.0.1:25",
        FILES_ROOT=str(HOME / "files"),
        PUBLIC_SCHEME="http",
        PUBLIC_PORT="",
        DEFAULT_ORGANISATION="",
    )
    return run_django(["bench", *arguments])


def _secrets(kept: Path) -> dict[str, str]:
    """The passwords that this cluster was made with."""
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(memory.new_secrets()))
    secrets: dict[str, str] = json.loads(kept.read_text())
    return secrets
