"""The files that rows name, through Django's storage: a folder, an object store, whatever STORAGES says."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.core.files.storage import default_storage
from django.db.models import FileField
from psycopg import sql

from config.backup.archive import CHUNK, Digest
from config.backup.tables import Connection


def columns() -> list[tuple[str, str]]:
    """Table and column of every file."""
    return [
        (model._meta.db_table, str(field.column))
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FileField)
    ]


def named(db: Connection) -> list[str]:
    """Every file that a row names; a database of before may lack a table that keeps files now."""
    found: set[str] = set()
    there = {table for (table,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()}
    for table, column in columns():
        if table not in there:
            continue
        query = sql.SQL("SELECT {0} FROM {1} WHERE {0} <> ''").format(
            sql.Identifier(column), sql.Identifier("public", table)
        )
        found |= {name for (name,) in db.execute(query).fetchall()}
    return sorted(found)


def content(name: str) -> Iterator[bytes]:
    """A stored file, chunk by chunk; raise FileNotFoundError where there is none."""
    with default_storage.open(name) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def are_there() -> bool:
    """Return whether the storage holds anything of an organisation."""
    try:
        folders, _files = default_storage.listdir("")
    except FileNotFoundError:
        return False
    return any(name.startswith("org-") and list(everything(name)) for name in folders)


def everything(folder: str) -> Iterator[str]:
    """Every stored file below a folder."""
    folders, names = default_storage.listdir(folder)
    yield from (f"{folder}/{name}" for name in names)
    for inner in folders:
        yield from everything(f"{folder}/{inner}")


def digest_of(chunks: Iterable[bytes]) -> Digest:
    """Count and digest it."""
    digest = Digest()
    for chunk in chunks:
        digest.add(chunk)
    return digest
