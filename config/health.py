"""Whether the process lives, may be given visitors, and whether all that was promised is being done.

``/health/live``: the process answers; restart it when it doesn't. ``/health/serving``: the database answers, its role
can't bypass the wall, and it has been migrated: visitors may come. ``/health/ready``: the same, and the outbox moves,
and what is due is done; when not, somebody should be woken, but visitors are still served. Redis only makes things
quicker.
"""

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.metrics.processes import outbox_figures
from tenancy import engine
from tenancy.wall import check_role

# So long may a message be due before any worker has looked at it. What a mail server refuses, or a server that is
# down, leaves its words on the message: that is for the outbox's page and the figures, not for this.
LATE = 30.0
UNTRIED = 3
OK = "ok"


class HealthMiddleware:
    """Answers on any host, outside any organisation."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.health = Health()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match request.path:
            case "/health/live":
                return JsonResponse({"status": "alive"})
            case "/health/serving":
                return _answer(self.health.serving())
            case "/health/ready":
                return _answer(self.health.ready())
        return self.get_response(request)


class Health:
    """Looks at each part; what it says names no organisation and no address."""

    def __init__(self) -> None:
        self._is_migrated = False

    def serving(self) -> dict[str, str]:
        """Return what it takes to serve visitors, each part as "ok" or what is wrong with it."""
        try:
            return {"database": check_role(connection) or OK, "migrations": self._migrations()}
        except Exception:  # whatever keeps us from the database, visitors can't be served
            return {"database": "the database does not answer"}
        finally:
            if not connection.in_atomic_block:
                connection.close()

    def ready(self) -> dict[str, str]:
        """Return the same, and whether what was promised is being done."""
        parts = self.serving()
        if set(parts.values()) == {OK}:
            parts["outbox"] = _outbox()
            parts["deadlines"] = _deadlines()
        return parts | {"broker": _broker()}

    def _migrations(self) -> str:
        """A process's code never changes, so what was once complete stays complete."""
        if not self._is_migrated:
            executor = MigrationExecutor(connection)
            self._is_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        return OK if self._is_migrated else "migrations are missing: run manage.py migrate"


def _outbox() -> str:
    late = outbox_figures()[UNTRIED]
    return OK if late <= LATE else f"no worker has looked at a message that is due for {late:.0f} s"


def _deadlines() -> str:
    """Progress, not liveness: whatever holds it up, the oldest row that is due tells."""
    told = []
    for name, due in engine.overdue().items():
        if due.oldest > LATE:
            failing = f", {due.failing} fail again and again" if due.failing else ""
            told.append(f"{due.rows} {name} are due, the oldest for {due.oldest:.0f} s{failing}")
    return "; ".join(told) or OK


def _broker() -> str:
    """Without it wake-up calls wait for the sweep: slower, and still served."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5) as broker:
            broker.ping()
    except (redis.RedisError, OSError):
        return "degraded: the broker does not answer"
    return OK


def wrong(parts: dict[str, str]) -> str:
    """What is wrong, in words; nothing when all is well."""
    return "; ".join(words for name, words in parts.items() if name != "broker" and words != OK)


def _answer(parts: dict[str, str]) -> HttpResponse:
    ill = wrong(parts)
    return JsonResponse({"status": ill or "ready", **parts}, status=503 if ill else 200)
