"""The product's processes as production runs them, in a test's database; what they say is kept."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection

from tests.notifications.sink import free_port

CSRF = "k" * 32
# Celery writes it past every logger, from inside a signal's handler.
CELERYS_OWN = re.compile(r"worker: (Warm|Cold) shutdown \(MainProcess\)")


def environment(**changes: str) -> dict[str, str]:
    address = urlsplit(settings.DATABASE_URL)._replace(path=f"/{connection.settings_dict['NAME']}")
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.config.served",
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": address.geturl(),
        "REDIS_URL": f"{settings.REDIS_URL.rpartition('/')[0]}/{_own_number()}",
        "SECURE_SSL_REDIRECT": "0",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "DEBUG",
        **changes,
    }


def _own_number() -> int:
    """Of Redis' sixteen databases, the one of this run's part: another part's worker must not take our tasks."""
    return 3 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 10


class Running:
    """One process; ``said`` is all it wrote."""

    def __init__(self, file: Path, *command: str, **changes: str) -> None:
        self.file = file
        whole = [sys.executable, "-m", *command]
        with file.open("wb") as out:
            self.process = subprocess.Popen(whole, env=environment(**changes), stdout=out, stderr=out)

    @property
    def said(self) -> str:
        return self.file.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """What it wrote, each line read as JSON."""
        return [json.loads(line) for line in self.said.splitlines() if line and not CELERYS_OWN.fullmatch(line)]

    def events(self, event: str, **facts: object) -> list[dict[str, Any]]:
        return [one for one in self.lines if one["event"] == event and facts.items() <= one.items()]

    def wait_for(self, words: str, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGTERM, patience: float = 30) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(patience)
        finally:
            self.process.kill()
            self.process.wait()


class Web(Running):
    """Uvicorn, as `up` starts it."""

    def __init__(self, file: Path, *, graceful: int = 10, **changes: str) -> None:
        self.port = free_port()
        options = ["--port", str(self.port), "--no-access-log", "--timeout-graceful-shutdown", str(graceful)]
        super().__init__(file, "uvicorn", "config.asgi:application", *options, **changes)
        self.wait_for("Application startup complete")

    def ask(
        self, path: str, fields: dict[str, str] | None = None, *, session: str = "", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {
            "Host": "harbour.testserver",
            "Cookie": f"__Host-csrf={CSRF}; __Host-session={session}",
            "X-CSRFToken": CSRF,
            "Content-Type": "application/x-www-form-urlencoded",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        line.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, sent)
        answer = line.getresponse()
        try:
            return answer.status, dict(answer.headers), answer.read()
        finally:
            line.close()


class Worker(Running):
    """Celery, as `up` starts it."""

    def __init__(self, file: Path, **changes: str) -> None:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        tasks = ["--include", "tests.config.misbehaving"]
        command = ["celery", "--quiet", "-A", "config.celery", "worker", "--pool=threads", "--concurrency=2"]
        super().__init__(file, *command, *quiet, *tasks, **changes)
        self.wait_for("ready.")
