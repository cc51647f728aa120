"""Put a backup back into an empty stack: all of it, checked, or nothing.

The schema, its policies and grants come from this code's migrations, brought to where the archive's database was; the
rows by COPY in one transaction; then whatever migrations are newer.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from config.backup import files, tables
from config.backup.archive import Manifest, Unusable, file_member, open_whole, read, table_member
from config.backup.connecting import connected
from config.backup.tables import Connection
from config.backup.taking import migrations

Say = Callable[[str], None]


def put_back(path: Path, say: Say) -> Manifest:
    """Restore the archive; raise `Unusable` with the reason, and then nothing was written."""
    archive, manifest = open_whole(path)
    with archive:
        say(f"{path}: whole; release {manifest.product}, taken {manifest.taken_at} from {manifest.server}")
        newest = _targets(manifest)
        with connected(settings.DATABASE_OWNER_URL) as db:
            has_newest = _require_empty(db, manifest)
        if not has_newest:
            for app, name in newest:
                call_command("migrate", app, name, verbosity=0, interactive=False)
        with connected(settings.DATABASE_OWNER_URL) as db:
            _fill(archive, manifest, db, say)
    call_command("migrate", verbosity=0, interactive=False)
    with connected(settings.DATABASE_OWNER_URL) as db:
        db.autocommit = True
        db.execute("ANALYZE")
    return manifest


def _targets(manifest: Manifest) -> list[tuple[str, str]]:
    """The migrations that lead to the archive's schema: the last ones of each app."""
    graph = MigrationLoader(None).graph
    held = {(app, name) for app, names in manifest.migrations.items() for name in names}
    if unknown := sorted(held - set(graph.nodes)):
        raise Unusable(
            f"The backup is of release {manifest.product}, which this one does not know all of "
            f"({'.'.join(unknown[0])}): restore it with that release."
        )
    inner = {parent.key for key in held for parent in graph.node_map[key].parents if parent.key[0] == key[0]}
    return sorted(held - inner)


def _require_empty(db: Connection, manifest: Manifest) -> bool:
    """Refuse a stack in which somebody works; tell whether its tables are there already."""
    name = db.info.dbname
    if files.are_there():
        raise Unusable("The folder or store of files is not empty: restore into a new one (FILES_ROOT).")
    if full := tables.filled(db):
        raise Unusable(f"The database {name} is not empty ({full[0]} has rows): restore into a new one.")
    if not (there := migrations(db)):
        return False
    if there != manifest.migrations:
        raise Unusable(
            f"The tables of {name} are empty, but not of the backup's release {manifest.product}: restore into a "
            "database without tables."
        )
    return True


def _fill(archive: zipfile.ZipFile, manifest: Manifest, db: Connection, say: Say) -> None:
    written: list[str] = []
    try:
        with db.transaction():
            tables.prepare(db)
            _fill_tables(archive, manifest, db, say)
            for name in manifest.files:
                written.append(name)
                _write_file(archive, manifest, name)
            say(f"  {'files':<36} {len(written):>10,}      agree")
    except BaseException as failure:
        for name in written:
            default_storage.delete(name)
        if isinstance(failure, psycopg.Error | OSError):
            raise Unusable(f"The backup could not be restored, nothing was kept: {failure}") from failure
        raise


def _fill_tables(archive: zipfile.ZipFile, manifest: Manifest, db: Connection, say: Say) -> None:
    shape = tables.shape(db)
    if set(shape) != set(manifest.tables):
        raise Unusable(f"The tables differ from the backup's: {', '.join(sorted(set(shape) ^ set(manifest.tables)))}.")
    with tables.LaidAside(db):
        for name in sorted(tables.FURNISHED & set(shape)):
            db.execute(tables.emptying(name))
        for name, table in manifest.tables.items():
            tables.rows_in(db, name, table.columns, read(archive, table_member(name)))
            if tables.look(db, name, table.columns, shape[name][1]) != table:
                raise Unusable(f"The rows of {name} are not what the backup holds; nothing was kept.")
            say(f"  {name:<36} {table.rows:>10,} rows agree")
    tables.set_sequences(db, manifest.sequences)


def _write_file(archive: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    with archive.open(file_member(name)) as member:
        kept_as = default_storage.save(name, File(member, name))
    digest = files.digest_of(files.content(kept_as))
    if kept_as != name or digest.sha256 != manifest.files[name].sha256:
        raise Unusable(f"The file {name} is not what the backup holds; nothing was kept.")
