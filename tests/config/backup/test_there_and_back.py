"""What is backed up comes back, to the last row, file and right."""

import threading
import zipfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from psycopg import sql

from config.backup import tables
from incidents.models import Attachment, Incident
from tenancy.members import Member
from tenancy.models import Organisation, TrailEntry
from tenancy.wall import bound, check_role
from tests import database
from tests.architecture.test_catalog import RULES
from tests.config.backup.stacks import Stack
from tests.incidents.factories import reported

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "desk.zip"


def run(command: str, *words: Any) -> str:
    out = StringIO()
    call_command(command, *map(str, words), stdout=out)
    return out.getvalue()


def test_every_row_file_and_right_comes_back(
    history: None, stack: Stack, empty_stack: Stack, archive: Path, client_of: Callable[[Member], Client],
    reporter: Member,
) -> None:  # fmt: skip
    said = run("backup", archive)
    assert "incidents_incident                            2 rows" in " ".join(said.split(" "))
    assert archive.stat().st_mode & 0o077 == 0
    empty_stack.enter()
    assert "rows agree" in run("restore", archive)
    assert len(stack.contents()) == 3
    assert empty_stack.contents() == stack.contents()
    assert empty_stack.rows() == stack.rows()
    assert empty_stack.rights() == stack.rights()
    with database.owner(empty_stack.name) as db:
        assert [rule(db) for rule in RULES] == [[] for _rule in RULES]
    assert check_role(connection) == ""
    staff = client_of(reporter)
    assert "INC-1002" in staff.get("/desk/incidents/").text
    assert staff.get("/desk/incidents/INC-1001/").status_code == 200
    assert Client(SERVER_NAME="harbour.testserver").get("/branding/logo").status_code == 200
    with bound(reporter.organisation_id):
        assert reported(reporter).number == 1003


def test_no_key_of_anybody_is_in_it(
    history: None, archive: Path, client_of: Callable[[Member], Client], reporter: Member
) -> None:
    key = client_of(reporter).session.session_key or ""
    run("backup", archive)
    with zipfile.ZipFile(archive) as opened:
        whole = b"".join(opened.read(name) for name in opened.namelist())
    assert b"The words of one" in whole
    assert settings.SECRET_KEY.encode() not in whole
    assert key
    assert key.encode() not in whole


@pytest.mark.slow
def test_ten_thousand_incidents_with_people_at_work_meanwhile(
    history: None, stack: Stack, empty_stack: Stack, archive: Path, reporter: Member, harbour: Organisation
) -> None:
    multiply(stack, 10_000)
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.01):
            with bound(harbour.id):
                reported(reporter)
        connection.close()

    people = [threading.Thread(target=work) for _person in range(2)]
    for person in people:
        person.start()
    try:
        run("backup", archive)
    finally:
        over.set()
        for person in people:
            person.join()
    empty_stack.enter()
    run("restore", archive)
    with bound(harbour.id):
        numbers = set(Incident.objects.values_list("number", flat=True))
        told = TrailEntry.objects.filter(kind="incident.reported").values_list("record_id", flat=True)
        assert sorted(told) == sorted(Incident.objects.values_list("id", flat=True))
        assert numbers == set(range(1001, 1001 + len(numbers)))
        assert len(numbers) >= 10_000
        assert all(attachment.file.storage.exists(attachment.file.name) for attachment in Attachment.objects.all())
        assert reported(reporter).number == max(numbers) + 1


TRAILS = """
INSERT INTO tenancy_trailentry (organisation_id, kind, at, actor_id, record, record_id, facts, version)
SELECT t.organisation_id, t.kind, t.at, t.actor_id, t.record, i.id, t.facts, t.version
FROM incidents_incident i JOIN incidents_incident o ON o.number = 1002
JOIN tenancy_trailentry t ON t.record = 'incident' AND t.record_id = o.id WHERE i.number > 1002 ORDER BY i.id
"""


def multiply(stack: Stack, count: int) -> None:
    """Make many incidents of the last one, each with its trail."""
    with database.owner(stack.name) as db, db.transaction():
        columns = [name for name in tables.shape(db)["incidents_incident"][0] if name not in {"id", "number"}]
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        copies = (
            "INSERT INTO incidents_incident ({0}, number) SELECT {0}, number + n FROM incidents_incident, {1} n {2}"
        )
        series = sql.SQL("generate_series(1, {})").format(count - 2)
        db.execute(sql.SQL(copies).format(names, series, sql.SQL("WHERE number = 1002")))
        db.execute(TRAILS)
        db.execute("UPDATE incidents_numbercounter SET last_number = %s", [1000 + count])


def test_an_older_releases_backup_is_brought_up_to_date(
    history: None, stack: Stack, empty_stack: Stack, archive: Path
) -> None:
    run("migrate", "incidents", "0002", "--verbosity", "0")
    try:
        run("backup", archive)
    finally:
        run("migrate", "--verbosity", "0")
    empty_stack.enter()
    run("restore", archive)
    there, here = empty_stack.rows(), stack.rows()
    # Newer migrations make up ids of their own on either side.
    made_up = {name for name, table in here.items() if "public_id" in table.columns}
    assert {name: table.rows for name, table in there.items()} == {name: table.rows for name, table in here.items()}
    assert all(there[name] == here[name] for name in here.keys() - made_up)
    assert empty_stack.rights() == stack.rights()
