"""What docs/operations.md says of the environment is what the settings read, and files need no folder."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from config.launcher.places import ROOT
from config.settings.environment import files
from incidents import actions
from incidents import tasks as incidents
from incidents.models import Attachment
from tenancy import tasks as tenancy
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.backup.conftest import look_of
from tests.incidents.factories import reported

DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
READ = re.compile(r"(?:environ(?:\.get\(|\[)|required\()\s*\"([A-Z_]+)\"")
# Not for production: Django's own, and what the launcher, tests and measurements tell themselves.
OTHERS = {"DJANGO_SETTINGS_MODULE", "BENCH_HOME"}


def test_every_variable_is_documented_and_every_documented_one_is_read() -> None:
    rooms = ("config", "incidents", "notifications", "problems", "tenancy")
    sources = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "launcher" not in path.parts]
    apart = {ROOT / "config" / name for name in ("bench", "chaos")}
    read = {name for path in sources if not apart & {*path.parents} for name in READ.findall(path.read_text())}
    table = DOCUMENT.split("## The environment")[1].split("\n## ")[0]
    assert read - OTHERS == set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE))


def test_a_storage_class_takes_the_folders_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert files(Path("/x"))["OPTIONS"] == {"location": Path("/x")}
    monkeypatch.setenv("FILES_BACKEND", "storages.backends.s3.S3Storage")
    assert files(Path("/x")) == {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {}}
    monkeypatch.setenv("FILES_OPTIONS", '{"bucket_name": "desk"}')
    assert files(Path("/x"))["OPTIONS"] == {"bucket_name": "desk"}
    for nonsense in ("bucket", "[1]"):
        monkeypatch.setenv("FILES_OPTIONS", nonsense)
        with pytest.raises(ImproperlyConfigured, match="FILES_OPTIONS"):
            files(Path("/x"))


@pytest.mark.django_db(transaction=True)
def test_files_live_in_any_storage(
    member: Callable[..., Member], client_of: Callable[[Member], Client], harbour: Organisation, settings: Any,
    tmp_path: Path,
) -> None:  # fmt: skip
    """This one has no paths at all."""
    backend = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    reporter, administrator = member("agent"), member("administrator")
    with bound(harbour.id):
        kept, unwanted = actions.keep(
            reporter, uploads=[SimpleUploadedFile(f"{name}.txt", b"The words") for name in ("kept", "unwanted")]
        )
        actions.discard(reporter, uuid=unwanted.uuid)
        incident = reported(reporter, attachments=(kept.uuid,))
        look_of(harbour, administrator)
        look_of(harbour, administrator)
    browser = client_of(reporter)
    with bound(harbour.id):
        assert Attachment.objects.get().incident_id == incident.id
    answer: Any = browser.get(f"/files/{kept.uuid}/")
    assert b"".join(answer.streaming_content) == b"The words"
    assert Client(SERVER_NAME="harbour.testserver").get("/branding/logo").status_code == 200
    incidents.tidy()
    tenancy.tidy()
    call_command("backup", str(tmp_path / "desk.zip"))
    folders, logos = default_storage.listdir(f"org-{harbour.id}")
    assert (folders, len(logos)) == (["attachments"], 1)


def test_the_settings_refuse_nonsense_in_a_sentence() -> None:
    asked = [sys.executable, "-c", "import django; django.setup()"]
    environment = {**os.environ, "FILES_BACKEND": "x", "FILES_OPTIONS": "x"}
    answer = subprocess.run(asked, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "FILES_OPTIONS must be a JSON object" in answer.stderr
