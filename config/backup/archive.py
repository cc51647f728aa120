"""The archive: a zip file of tables, files and a manifest that knows the digest of each of them."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
MANIFEST = "manifest.json"
CHUNK = 1024 * 1024


class Unusable(Exception):
    """A backup can't be taken or put back; the text is the one sentence the operator gets to read."""


@dataclass(frozen=True)
class Content:
    """What one member of the archive holds."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class Table(Content):
    """A table's rows, in the order of its primary key."""

    rows: int
    columns: list[str]


@dataclass
class Manifest:
    """What the archive holds and where it comes from."""

    product: str
    taken_at: str
    server: str
    migrations: dict[str, list[str]]
    tables: dict[str, Table] = field(default_factory=dict)
    sequences: dict[str, int] = field(default_factory=dict)
    files: dict[str, Content] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    """Files that rows name and the storage didn't have."""

    def members(self) -> Iterator[tuple[str, Content]]:
        """Every member of the archive but the manifest itself."""
        yield from ((table_member(name), table) for name, table in self.tables.items())
        yield from ((file_member(name), content) for name, content in self.files.items())


def table_member(table: str) -> str:
    """The archive's name for a table."""
    return f"tables/{table}.copy"


def file_member(name: str) -> str:
    """The archive's name for a stored file."""
    return f"files/{name}"


class Digest:
    """Counts and digests what passes."""

    def __init__(self) -> None:
        self.bytes = 0
        self._sha256 = hashlib.sha256()

    def add(self, chunk: bytes) -> None:
        """Take in one more chunk."""
        self.bytes += len(chunk)
        self._sha256.update(chunk)

    @property
    def sha256(self) -> str:
        """The digest of all so far."""
        return self._sha256.hexdigest()


def write(archive: zipfile.ZipFile, member: str, chunks: Iterable[bytes]) -> Content:
    """Add a member; tables are packed, files of people mostly are already."""
    digest = Digest()
    info = zipfile.ZipInfo(member)
    info.compress_type = zipfile.ZIP_DEFLATED if member.startswith("tables/") else zipfile.ZIP_STORED
    with archive.open(info, "w", force_zip64=True) as file:
        for chunk in chunks:
            digest.add(chunk)
            file.write(chunk)
    return Content(digest.bytes, digest.sha256)


def finish(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Write the manifest, as the last member."""
    archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))


def read(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The member's content, chunk by chunk."""
    with archive.open(member) as file:
        while chunk := file.read(CHUNK):
            yield chunk


def open_whole(path: Path) -> tuple[zipfile.ZipFile, Manifest]:
    """Open an archive of which every byte is as it was written; refuse any other."""
    try:
        archive = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise Unusable(f"There is no file {path}.") from None
    except (zipfile.BadZipFile, EOFError):
        raise _damaged(path, "it is no archive, or was cut") from None
    try:
        manifest = _manifest(path, json.loads(archive.read(MANIFEST)))
        for member, content in manifest.members():
            _check(path, archive, member, content)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError, ValueError, NotImplementedError) as error:
        archive.close()
        raise _damaged(path, str(error)) from error
    except Unusable:
        archive.close()
        raise
    return archive, manifest


def _manifest(path: Path, told: Mapping[str, Any]) -> Manifest:
    facts = dict(told)
    if facts.pop("format") != FORMAT:
        raise Unusable(f"{path} is of another format than this release reads: restore it with the one that made it.")
    facts["tables"] = {name: Table(**table) for name, table in facts["tables"].items()}
    facts["files"] = {name: Content(**content) for name, content in facts["files"].items()}
    return Manifest(**facts)


def _check(path: Path, archive: zipfile.ZipFile, member: str, content: Content) -> None:
    digest = Digest()
    for chunk in read(archive, member):
        digest.add(chunk)
    if (digest.bytes, digest.sha256) != (content.bytes, content.sha256):
        raise _damaged(path, f"{member} is not what the manifest says")


def _damaged(path: Path, why: str) -> Unusable:
    return Unusable(f"{path} is damaged ({why}): nothing was restored. Take another backup.")
