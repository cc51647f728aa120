"""What can't be put back is refused in a sentence, and nothing was touched."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import database
from tests.config.backup.stacks import Stack

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def archive(history: None, tmp_path: Path) -> Path:
    """A good backup."""
    path = tmp_path / "desk.zip"
    call_command("backup", str(path), verbosity=0)
    return path


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def flip(path: Path) -> None:
    """One bit of somebody's words is another."""
    content = bytearray(path.read_bytes())
    content[content.index(b"The words of one")] ^= 1
    path.write_bytes(content)


def flip_packed(path: Path) -> None:
    with zipfile.ZipFile(path) as opened:
        member = max((one for one in opened.infolist() if one.compress_type), key=lambda one: one.compress_size)
    content = bytearray(path.read_bytes())
    content[member.header_offset + len(member.filename) + 60] ^= 1
    path.write_bytes(content)


def swap(path: Path) -> None:
    """A table of another day, well packed."""
    rewrite(path, lambda name, content: b"" if name == "tables/tenancy_trailentry.copy" else content)


def lose(path: Path) -> None:
    rewrite(path, lambda name, content: None if name.startswith("files/") else content)


def lose_manifest(path: Path) -> None:
    rewrite(path, lambda name, content: None if name == "manifest.json" else content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def rewrite(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    with zipfile.ZipFile(path) as opened:
        members = {name: opened.read(name) for name in opened.namelist()}
    with zipfile.ZipFile(path, "w") as changed:
        for name, content in members.items():
            if (new := change(name, content)) is not None:
                changed.writestr(name, new)


def tell(path: Path, **facts: Any) -> None:
    """Another manifest."""

    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | facts).encode() if name == "manifest.json" else content

    rewrite(path, change)


@pytest.mark.parametrize("damage", [cut, flip, flip_packed, swap, lose, lose_manifest, empty])
def test_a_damaged_archive_writes_nothing(damage: Callable[[Path], None], archive: Path, empty_stack: Stack) -> None:
    damage(archive)
    refuse(archive, empty_stack, "is damaged .*: nothing was restored")


def refuse(archive: Path, stack: Stack, why: str) -> None:
    stack.enter()
    with pytest.raises(CommandError, match=why):
        call_command("restore", str(archive))
    with database.owner(stack.name) as db:
        assert db.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace").fetchone() == (
            0,
        )
    assert not stack.files.exists()


def test_another_format_or_release_is_refused(archive: Path, empty_stack: Stack) -> None:
    tell(archive, format=2)
    refuse(archive, empty_stack, "another format")
    tell(archive, format=1, migrations={"tenancy": ["0001_initial", "0999_far_away"]}, product="9.0")
    refuse(archive, empty_stack, r"release 9\.0, .*tenancy\.0999_far_away")


def test_a_stack_in_use_is_refused(archive: Path, stack: Stack, empty_stack: Stack) -> None:
    before = stack.rows(), stack.contents()
    with pytest.raises(CommandError, match="files is not empty"):
        call_command("restore", str(archive))
    empty_stack.files.mkdir()
    Stack(stack.name, empty_stack.files, stack.settings).enter()
    with pytest.raises(CommandError, match=f"{stack.name} is not empty"):
        call_command("restore", str(archive))
    assert (stack.rows(), stack.contents()) == before


def test_what_fails_on_the_way_leaves_nothing(archive: Path, empty_stack: Stack) -> None:
    """A key that points nowhere shows only when the keys are back."""

    def orphan(name: str, content: bytes) -> bytes:
        return b"" if name == "tables/tenancy_person.copy" else content

    rewrite(archive, orphan)
    with zipfile.ZipFile(archive) as opened:
        told = json.loads(opened.read("manifest.json"))
    nothing = {"bytes": 0, "rows": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    told["tables"]["tenancy_person"] |= nothing
    tell(archive, **told)
    empty_stack.enter()
    with pytest.raises(CommandError, match="nothing was kept"):
        call_command("restore", str(archive))
    assert not any(table.rows for name, table in empty_stack.rows().items() if name.startswith("incidents"))
    assert empty_stack.contents() == {}
    with database.owner(empty_stack.name) as db:
        forced = db.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'tenancy_team'").fetchone()
    assert forced == (True,)


def test_a_backup_is_never_written_over(archive: Path) -> None:
    with pytest.raises(CommandError, match="is there already"):
        call_command("backup", str(archive))


def test_a_place_that_can_not_be_written_is_told(history: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="could not be written: No such file or directory"):
        call_command("backup", str(tmp_path / "nowhere" / "desk.zip"))
    assert list(tmp_path.glob("*.part")) == []


def test_who_sees_one_organisation_only_can_not_take_a_backup(history: None, tmp_path: Path, settings: Any) -> None:
    settings.DATABASE_BACKUP_URL = settings.DATABASE_URL
    with pytest.raises(CommandError, match="may not look over the wall"):
        call_command("backup", str(tmp_path / "desk.zip"))
    assert list(tmp_path.glob("desk*")) == []


def test_a_lost_file_is_told_and_the_rest_is_kept(
    history: None, stack: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = sorted(stack.contents())[0]
    (stack.files / lost).unlink()
    call_command("backup", str(tmp_path / "desk.zip"))
    assert f"MISSING: a row names the file {lost}" in capsys.readouterr().out
