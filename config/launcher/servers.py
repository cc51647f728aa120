"""The embedded database of this folder, and the environment that every process of ours gets."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config.launcher import memory, places, roles
from config.launcher.locks import alone, if_free, together
from config.launcher.postgres import Cluster
from config.launcher.say import Stop

HOME = places.VAR / "postgres"
IN_USE = places.RUN / "in-use.lock"
GUESTS = places.RUN / "guests.lock"
GUEST_PATIENCE = 20.0
DEVELOPMENT = "config.settings.development"
DEMO_ORGANISATION = "harbour"


def is_embedded() -> bool:
    """Return whether the database is ours to run."""
    return not os.environ.get("DATABASE_URL")


def check_theirs() -> None:
    """Stop when the database that the environment names can't be migrated, or when its app could bypass the wall."""
    if is_embedded():
        return
    if not os.environ.get("DATABASE_OWNER_URL"):
        raise Stop("DATABASE_URL is set, so set DATABASE_OWNER_URL too: migrations work as the tables' owner.")
    roles.check_wall(os.environ["DATABASE_URL"])
    roles.check_owner(os.environ["DATABASE_OWNER_URL"])


def own_cluster() -> Cluster:
    """Return the cluster of this folder, with a port that is free now."""
    secrets = memory.kept_secrets(HOME / "data")
    return Cluster(HOME, memory.port_for("database"), secrets["superuser"])


def fill_environment(database_port: int) -> None:
    """Give every setting that the environment doesn't have the value of this folder."""
    secrets = memory.kept_secrets(HOME / "data")
    ports = memory.kept_ports()
    offered = {
        "SECRET_KEY": secrets["secret_key"],
        "REDIS_URL": f"redis://127.0.0.1:{ports.get('broker', 6379)}/0",
        "EMAIL_URL": f"smtp://127.0.0.1:{ports.get('mail', 25)}",
        "FILES_ROOT": str(places.VAR / "files"),
        "MAILBOX_DIR": str(places.VAR / "mail"),
        "PUBLIC_SCHEME": "http",
        "PUBLIC_PORT": str(ports.get("web", 8000)),
        "DEFAULT_ORGANISATION": DEMO_ORGANISATION,
        "LOG_FORMAT": "words",
        "PROMETHEUS_MULTIPROC_DIR": str(places.METRICS),
    }
    os.environ["DJANGO_SETTINGS_MODULE"] = DEVELOPMENT
    if is_embedded():
        os.environ["DATABASE_URL"] = roles.url_for("app", secrets["app"], database_port)
        os.environ["DATABASE_OWNER_URL"] = roles.url_for("owner", secrets["owner"], database_port)
        os.environ["DATABASE_BACKUP_URL"] = roles.url_for("backup", secrets["backup"], database_port)
    for name, value in offered.items():
        os.environ.setdefault(name, value)


@contextmanager
def database_at_hand(what: str) -> Iterator[int]:
    """Have the embedded database for the length of one command: the running one, else started for it."""
    with together(GUESTS) as guests, if_free(IN_USE, what) as is_ours:
        if not is_ours:
            yield _running_port()
            return
        cluster = own_cluster()
        cluster.make()
        server = cluster.start()
        try:
            roles.make_roles(cluster.maintenance_url, memory.kept_secrets(HOME / "data"))
            yield cluster.port
        finally:
            # Another command may have come to use it meanwhile.
            alone(guests)
            cluster.stop(server)


def _running_port() -> int:
    deadline = time.monotonic() + GUEST_PATIENCE
    while time.monotonic() < deadline:
        port = memory.kept_ports().get("database")
        if port and memory.is_answering(port):
            return port
        time.sleep(0.2)
    raise Stop("Stillwater is starting in this folder, and its database does not answer yet: try again soon.")
