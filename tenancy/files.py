"""What we believe of an uploaded file: its content, never its name."""

import hashlib
import unicodedata
from dataclasses import dataclass

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.module_loading import import_string

HEAD = 8192
LONGEST_NAME = 150
# Shown by a browser without doing anything; all else is served as a nameless lump of bytes.
HARMLESS = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"})
UNKNOWN = "application/octet-stream"
VERDICTS = frozenset({"clean", "infected"})
NOT_SCANNED = "not_scanned"


@dataclass(frozen=True)
class Inspected:
    """What an inspection found."""

    name: str
    size: int
    content_type: str
    sha256: str
    scan: str


def inspect(file: UploadedFile) -> Inspected:
    """Read the whole file once: type by content, digest, and the scanner's word where there is one."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return Inspected(clean_name(file.name or ""), file.size or 0, sniff(head), digest.hexdigest(), scan(file))


def sniff(head: bytes) -> str:
    """Return the media type that the first bytes tell."""
    try:
        found = str(puremagic.from_string(head, mime=True))
    except (puremagic.PureError, ValueError):
        found = ""
    return found or ("text/plain" if _is_text(head) else UNKNOWN)


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode()
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode()
    return not any(unicodedata.category(sign) == "Cc" and sign not in "\t\r\n\f" for sign in text)


def clean_name(name: str) -> str:
    """Return a label for people: no folders, no control or direction-changing characters, not endless."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}).strip(
        " ."
    )
    if len(name) > LONGEST_NAME:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: LONGEST_NAME - 11]}{dot}{ending[:10]}" if dot else name[:LONGEST_NAME]
    return name or "file"


def scan(file: UploadedFile) -> str:
    """Ask the scanner named in ATTACHMENT_SCANNER; without one, or a clear word of it, a file is "not_scanned"."""
    if not settings.ATTACHMENT_SCANNER:
        return NOT_SCANNED
    verdict = str(import_string(settings.ATTACHMENT_SCANNER)(file))
    file.seek(0)
    return verdict if verdict in VERDICTS else NOT_SCANNED


def served_type(content_type: str) -> str:
    """The type under which a file leaves the house."""
    return content_type if content_type in HARMLESS else UNKNOWN
