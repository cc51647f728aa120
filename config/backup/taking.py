"""Take a backup while everything runs.

One snapshot gives all rows. A file is written before its row and never changed, so each file that the snapshot names is
there already; one that is not any more went with its row while the backup ran.
"""

import os
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.template.defaultfilters import filesizeformat

from config.backup import files, tables
from config.backup.archive import Content, Manifest, Table, Unusable, file_member, finish, table_member, write
from config.backup.connecting import connected
from config.backup.tables import Connection

Say = Callable[[str], None]


def take(path: Path, say: Say) -> Manifest:
    """Write the archive; what is half written is never left under its name. Raise `Unusable` with the reason."""
    if path.exists():
        raise Unusable(f"{path} is there already: name another file.")
    draft = path.with_name(path.name + ".part")
    url = settings.DATABASE_BACKUP_URL or settings.DATABASE_OWNER_URL
    try:
        with connected(url) as db, os.fdopen(_private(draft), "wb") as file:
            db.isolation_level, db.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            with zipfile.ZipFile(file, "w", compresslevel=1) as archive, db.transaction():
                manifest = _fill(archive, db, say)
                _look_again(url, manifest, say)
                finish(archive, manifest)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except OSError as error:
        raise Unusable(f"{path} could not be written: {error.strerror or error}") from error
    finally:
        draft.unlink(missing_ok=True)
    say(f"{path}: {filesizeformat(path.stat().st_size)}".replace("\xa0", " "))
    return manifest


def _private(draft: Path) -> int:
    """Everybody's words and password digests are in it: only its owner may read it."""
    return os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)


def _fill(archive: zipfile.ZipFile, db: Connection, say: Say) -> Manifest:
    tables.prepare(db)
    manifest = Manifest(product(), datetime.now(UTC).isoformat(timespec="seconds"), _server(db), migrations(db))
    _add_files(archive, db, manifest, say)
    for name, (columns, key) in tables.shape(db).items():
        manifest.tables[name] = _add_table(archive, db, name, columns, key)
        told = manifest.tables[name]
        say(f"  {name:<36} {told.rows:>10,} rows {told.bytes:>14,} bytes")
    manifest.sequences = tables.sequences(db)
    return manifest


def _add_table(archive: zipfile.ZipFile, db: Connection, name: str, columns: list[str], key: list[str]) -> Table:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for row in tables.rows_out(db, name, columns, key):
            rows += 1
            yield row

    content = write(archive, table_member(name), counted())
    return Table(content.bytes, content.sha256, rows, columns)


def _add_files(archive: zipfile.ZipFile, db: Connection, manifest: Manifest, say: Say) -> None:
    names = files.named(db)
    for done, name in enumerate(names, 1):
        kept = _add_file(archive, name)
        if kept is None:
            manifest.missing.append(name)
        else:
            manifest.files[name] = kept
        if done % 1000 == 0:
            say(f"  {done:,} of {len(names):,} files")
    size = sum(kept.bytes for kept in manifest.files.values())
    say(f"  {'files':<36} {len(manifest.files):>10,}      {size:>14,} bytes")


def _add_file(archive: zipfile.ZipFile, name: str) -> Content | None:
    chunks = files.content(name)
    try:
        first = next(chunks, b"")
    except FileNotFoundError:
        return None

    def whole() -> Iterator[bytes]:
        yield first
        yield from chunks

    return write(archive, file_member(name), whole())


def _look_again(url: str, manifest: Manifest, say: Say) -> None:
    """Tell which missing files are lost; the others went with their rows since the snapshot."""
    if not manifest.missing:
        return
    with connected(url) as db, db.transaction():
        lost = sorted(set(manifest.missing) & set(files.named(db)))
    for name in lost:
        say(f"  MISSING: a row names the file {name}, but the storage does not have it")


def product() -> str:
    """This release's version."""
    with (settings.ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def migrations(db: Connection) -> dict[str, list[str]]:
    """What is applied, by app."""
    found: dict[str, list[str]] = {}
    if db.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
        return found
    for app, name in db.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall():
        found.setdefault(app, []).append(name)
    return found


def _server(db: Connection) -> str:
    return f"PostgreSQL {db.info.server_version // 10_000}.{db.info.server_version % 10_000}"
