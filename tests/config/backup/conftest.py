"""A desk with a history, and a place for its backup."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from incidents import actions
from tenancy.actions.branding import change_branding
from tenancy.drafts import Branding
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.config.backup.stacks import Stack
from tests.incidents.factories import FIXED, reported
from tests.tenancy.test_look import picture


@pytest.fixture
def reporter(member: Callable[..., Member]) -> Member:
    """Somebody of harbour who reports."""
    return member("agent")


@pytest.fixture
def stack(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Stack]:
    """The stack of this test, with files of its own."""
    stack = Stack(connection.settings_dict["NAME"], tmp_path / "files", settings)
    stack.enter()
    yield stack
    stack.enter()


@pytest.fixture
def history(stack: Stack, reporter: Member, harbour: Organisation, member: Callable[..., Member]) -> None:
    """Two incidents with their trail, files on one of them and in an unfinished form, and a logo."""
    with bound(harbour.id):
        words = [SimpleUploadedFile(f"{name}.txt", f"The words of {name}".encode()) for name in ("one", "two")]
        kept, _waiting = actions.keep(reporter, uploads=words)
        incident = reported(reporter, attachments=(kept.uuid,))
        actions.resolve(reporter, number=incident.number, resolution=FIXED)
        reported(reporter, title="Größe\tund\nZeile \\N 漢字 '; DROP")
        look_of(harbour, member("administrator"))


def look_of(organisation: Organisation, administrator: Member) -> None:
    """Give the organisation a logo."""
    facts = {name: getattr(organisation, name) for name in ("name", "colour", "language", "time_zone")}
    change_branding(administrator, draft=Branding(**facts, requires_second_factor=False, logo=picture()))


@pytest.fixture
def empty_stack(stack: Stack, tmp_path: Path) -> Iterator[Stack]:
    """A second stack, with nothing in it."""
    with stack.another(tmp_path / "other files") as other:
        yield other
