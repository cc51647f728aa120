"""`chaos`: a stack of its own under ``var/chaos``, made anew for every run."""

import json
import os
import shutil
from pathlib import Path

from config.launcher import memory, places, roles
from config.launcher.command import run_django
from config.launcher.locks import only_one
from config.launcher.postgres import end_servers_in

# Another place may be named, so that two runs don't meet.
HOME = Path(os.environ.get("CHAOS_HOME") or places.VAR / "chaos")


def chaos(arguments: list[str]) -> int:
    """Run Django's command `chaos` in an empty folder; the servers in it are its own to start and to break."""
    HOME.mkdir(mode=0o700, exist_ok=True)
    with only_one(HOME / "lock", "chaos"):
        _empty()
        secrets = memory.new_secrets()
        kept = HOME / "secrets.json"
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(secrets))
        _fill_environment(secrets)
        return run_django(["chaos", *arguments])


def _empty() -> None:
    """Take away what the last run left; if it was killed, its database may still run."""
    end_servers_in(HOME / "postgres" / "data")
    for path in HOME.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()
    for folder in (HOME / "log", HOME / "files", HOME / "figures"):
        folder.mkdir(mode=0o700)


def _fill_environment(secrets: dict[str, str]) -> None:
    database, broker, mail = (memory.free_port() for _ in range(3))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.chaos",
        CHAOS_HOME=str(HOME),
        CHAOS_DATABASE_PORT=str(database),
        CHAOS_BROKER_PORT=str(broker),
        CHAOS_MAIL_PORT=str(mail),
        SECRET_KEY=secrets["secret_key"],
        DATABASE_URL=roles.url_for("app", secrets["app"], database),
        DATABASE_OWNER_URL=roles.url_for("owner", secrets["owner"], database),
        DATABASE_BACKUP_URL="",
        REDIS_URL=f"redis://127.0.0.1:{broker}/0",
        EMAIL_URL=f"smtp://127.0.0.1:{mail}",
        FILES_ROOT=str(HOME / "files"),
        PUBLIC_SCHEME="http",
        PUBLIC_PORT="",
        DEFAULT_ORGANISATION="",
        METRICS_TOKEN="",
        LOG_FORMAT="words",
        LOG_LEVEL="INFO",
    )
