"""The wall with a pooler in between, which hands each transaction to whatever server connection is free."""

import os
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from config.launcher.memory import free_port, is_answering
from config.launcher.places import ROOT
from incidents.models import Incident
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.architecture.test_wall_race import SWITCHES, THREADS, switch
from tests.factories import TeamFactory
from tests.incidents.factories import reported

PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
REQUIRED = os.environ.get("STILLWATER_REQUIRE_PGBOUNCER") == "1"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not PROGRAM and not REQUIRED, reason="pgbouncer is not installed"),
]
SERVER_CONNECTIONS = 3
REQUESTS = 40
REPORT = {"when": "now", "urgency": "high", "impact": "group"}


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[Path]:
    """The app reaches the database through pgbouncer only, with fewer server connections than it has threads."""
    folder = Path(tempfile.mkdtemp())
    port, kept = free_port(), {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    command = [PROGRAM or "pgbouncer", *_as_nobody(folder), str(_configured(folder, port))]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        _go_through("127.0.0.1", str(port))
        yield folder / "log"
    finally:
        _go_through(**{name.lower(): value for name, value in kept.items()})
        server.terminate()
        server.wait(10)
        shutil.rmtree(folder)


def _configured(folder: Path, port: int) -> Path:
    """The settings of docs/operations.md, for this server."""
    app = urlsplit(settings.DATABASE_URL)
    (folder / "users").write_text(f'"{app.username}" "{unquote(app.password or "")}"\n')
    documented = (ROOT / "docs" / "operations.md").read_text().split("```ini\n")[1].split("```")[0]
    for said, meant in {
        "* = host=database.internal port=5432": f"* = host={app.hostname} port={app.port}",
        "listen_addr = *": "listen_addr = 127.0.0.1",
        "listen_port = 6432": f"listen_port = {port}",
        "/etc/pgbouncer/users": str(folder / "users"),
        "default_pool_size = 20": f"default_pool_size = {SERVER_CONNECTIONS}",
    }.items():
        assert said in documented
        documented = documented.replace(said, meant)
    (folder / "pgbouncer.ini").write_text(f"{documented}logfile = {folder / 'log'}\nunix_socket_dir =\n")
    return folder / "pgbouncer.ini"


def _as_nobody(folder: Path) -> list[str]:
    """The pooler does not run as root."""
    if os.getuid():
        return []
    os.chown(folder, 65534, 65534)
    return ["-u", "nobody"]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while not is_answering(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _go_through(host: str, port: str) -> None:
    connection.close()
    connection.close_pool()
    connection.settings_dict.update(HOST=host, PORT=port)


def test_five_thousand_switches_through_the_pooler(pooled: Path, harbour: Organisation, quill: Organisation) -> None:
    for organisation in (harbour, quill):
        with bound(organisation.id):
            TeamFactory(name="Service desk")
    with ThreadPoolExecutor(THREADS) as threads:
        jobs = [threads.submit(switch, [harbour.id, quill.id]) for _thread in range(THREADS)]
        told = sum((job.result() for job in jobs), Counter())
    assert 0 < pooled.read_text().count("new connection to server") <= SERVER_CONNECTIONS
    assert told["foreign"] == 0
    assert told["own"] >= SWITCHES


def test_requests_of_two_organisations_through_the_pooler(
    pooled: Path, harbour: Organisation, quill: Organisation, member: Callable[..., Member],
    client_of: Callable[[Member], Client],
) -> None:  # fmt: skip
    staff = {house.slug: member("agent", organisation=house) for house in (harbour, quill)}
    for slug, one in staff.items():
        with bound(one.organisation_id):
            reported(one, title=f"Canary of {slug}")

    def work(slug: str) -> Counter[str]:
        told: Counter[str] = Counter()
        browser, other = client_of(staff[slug]), {"harbour": "quill", "quill": "harbour"}[slug]
        try:
            for turn in range(REQUESTS):
                answer: Any = browser.post("/report/", {**REPORT, "title": f"Turn {turn} of {slug}"})
                told[f"reported {answer.status_code}"] += 1
                page = browser.get("/desk/incidents/")
                told[f"queue {page.status_code}"] += 1
                told["own"] += f"of {slug}" in page.text
                told["foreign"] += f"of {other}" in page.text
        finally:
            connection.close()
        return told

    with ThreadPoolExecutor(6) as threads:
        told = sum((job.result() for job in [threads.submit(work, slug) for slug in [*staff] * 3]), Counter())
    assert told["foreign"] == 0
    assert told["own"] == told["queue 200"] == 6 * REQUESTS
    assert told["reported 302"] == 6 * REQUESTS
    for one in staff.values():
        with bound(one.organisation_id):
            assert Incident.objects.count() == 3 * REQUESTS + 1
