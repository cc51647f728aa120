"""What is left behind goes after a day; what somebody needs stays."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as base
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from config.celery import app
from incidents import actions
from incidents import tasks as incidents
from incidents.models import Attachment
from tenancy import clock
from tenancy import tasks as tenancy
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.backup.conftest import look_of
from tests.incidents.factories import reported

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    """An empty store."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def there(files: Path) -> set[str]:
    return {str(path.relative_to(files)) for path in files.rglob("*") if path.is_file()}


def make_old(*paths: Path, days: float = 2) -> None:
    for path in paths:
        os.utime(path, (time.time() - days * 86_400,) * 2)


def keep(member: Member, name: str, days: float) -> str:
    """Upload a file for a form, that long ago."""
    upload = SimpleUploadedFile(name, name.encode())
    with bound(member.organisation_id):
        (kept,) = actions.keep(member, uploads=[upload], at=clock.now() - timedelta(days=days))
    return str(kept.file.name)


def test_a_form_that_nobody_finished_is_forgotten_after_a_day(
    files: Path, member: Callable[..., Member], quill: Organisation
) -> None:
    ours, theirs = member(), member(organisation=quill)
    old = [keep(ours, "old", 2), keep(theirs, "old", 2)]
    young, used = keep(ours, "young", 0.9), keep(ours, "used", 2)
    with bound(ours.organisation_id):
        reported(ours, attachments=(Attachment.objects.get(file=used).uuid,))
    incidents.tidy()
    assert there(files) == {young, used}
    for house in (ours, theirs):
        with bound(house.organisation_id):
            assert not Attachment.objects.filter(file__in=old).exists()
    with bound(ours.organisation_id):
        assert set(Attachment.objects.values_list("file", flat=True)) == {young, used}


def test_a_file_without_a_row_goes_after_a_day_and_one_with_a_row_never(
    files: Path, harbour: Organisation, member: Callable[..., Member]
) -> None:
    used = keep(member(), "used", 0)
    folder = f"org-{harbour.id}/attachments"
    old, young = (default_storage.save(f"{folder}/{name}", ContentFile(b"x")) for name in ("old", "young"))
    stranger = default_storage.save("backups/desk.zip", ContentFile(b"not ours"))
    make_old(*(files / name for name in (used, old, stranger)), days=30)
    incidents.tidy()
    tenancy.tidy()
    assert there(files) == {used, young, stranger}


def test_a_logo_stays_and_a_former_one_goes(files: Path, harbour: Organisation, member: Callable[..., Member]) -> None:
    with bound(harbour.id):
        look_of(harbour, member("administrator"))
    (logo,) = there(files)
    former = default_storage.save(f"org-{harbour.id}/former.png", ContentFile(b"x"))
    make_old(files / logo, files / former)
    tenancy.tidy()
    assert there(files) == {logo}


def test_sessions_that_expired_are_forgotten(member: Callable[..., Member], client_of: Callable[..., Client]) -> None:
    alive, dead = client_of(member("agent")), client_of(member("agent"))
    Session.objects.filter(pk=dead.session.session_key).update(expire_date=clock.now() - timedelta(seconds=1))
    tenancy.tidy()
    assert list(Session.objects.values_list("pk", flat=True)) == [alive.session.session_key]


def test_one_organisations_trouble_keeps_nobody_else_untidy(
    files: Path, member: Callable[..., Member], harbour: Organisation, quill: Organisation
) -> None:
    theirs = keep(member(organisation=quill), "old", 2)
    assert harbour.id < quill.id
    (files / f"org-{harbour.id}").mkdir()
    (files / f"org-{harbour.id}" / "attachments").write_text("a file where a folder should be")
    incidents.tidy()
    assert theirs not in there(files)


def test_beat_asks_for_what_the_worker_knows() -> None:
    app.loader.import_default_modules()
    asked = {entry["task"] for entry in base.CELERY_BEAT_SCHEDULE.values()}
    assert {"incidents.tasks.tidy", "tenancy.tasks.tidy"} <= asked <= set(app.tasks)
