"""Any command of Django, in the environment that `up` uses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from config.launcher import memory, places, servers

NEED_NO_DATABASE = {
    "", "--help", "--version", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic",
    "help", "makemessages", "startapp", "version",
}  # fmt: skip


def command(arguments: list[str]) -> int:
    """Run Django's command with the database at hand; who names other settings brings their environment too."""
    if os.environ.get("DJANGO_SETTINGS_MODULE", servers.DEVELOPMENT) != servers.DEVELOPMENT:
        return run_django(arguments)
    name = arguments[0] if arguments else ""
    if name == "migrate":
        servers.check_theirs()
    if name == "flush":  # the next `up` is to seed the demo again
        places.PEOPLE.unlink(missing_ok=True)
    with _environment(name):
        return run_django(arguments)


@contextmanager
def _environment(name: str) -> Iterator[None]:
    if not servers.is_embedded() or name in NEED_NO_DATABASE:
        servers.fill_environment(memory.kept_ports().get("database", 5432))
        yield
        return
    with servers.database_at_hand(f"manage.py {name}") as port:
        servers.fill_environment(port)
        yield


def run_django(arguments: list[str]) -> int:
    """Hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *arguments])
    return 0
