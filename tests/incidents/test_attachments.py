"""What comes with an incident: names, types by content, random storage names, and whose files are whose."""

import hashlib
import re
import unicodedata
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from incidents import actions
from incidents.models import Attachment, Message
from tenancy import files
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import bound
from tests.incidents.factories import reported
from tests.incidents.watching import trail_of

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63f8ffff3f0005fe02fea7d605b30000000049454e44ae426082"
)


def keep(member: Member, name: str = "lamp.txt", content: bytes = b"red", **facts: Any) -> Attachment:
    return actions.keep(member, uploads=[SimpleUploadedFile(name, content)], **facts)[0]


# --- names are labels

NAMES = {
    "../../x": "x",
    "..\\..\\x.png": "x.png",
    "C:\\Users\\ada\\lamp.png": "lamp.png",
    "/etc/passwd": "passwd",
    "a\0b.txt": "ab.txt",
    "\0": "file",
    "": "file",
    "   ": "file",
    "..": "file",
    "../": "file",
    ".htaccess": "htaccess",
    "lamp.": "lamp",
    "con": "con",
    "photo\u202egnp.exe": "photognp.exe",
    "\u2066x\u2069.txt": "x.txt",
    "line\u2028break\r\nSet-Cookie: a=b.txt": "linebreakSet-Cookie: a=b.txt",
    "half\ud800.txt": "half.txt",
    "Prüfbericht 世界.pdf": "Prüfbericht 世界.pdf",
    "a" * 5000: "a" * 150,
    "a" * 5000 + ".png": "a" * 139 + ".png",
    "a." + "b" * 5000: "a." + "b" * 10,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_cleaned(name: str) -> None:
    assert files.clean_name(name) == NAMES[name]


@given(st.text(max_size=400) | st.text(alphabet="./\\\0\u202e a\ud800", max_size=400))
def test_no_name_is_dangerous(name: str) -> None:
    cleaned = files.clean_name(name)
    assert 0 < len(cleaned) <= 150
    assert not re.search(r"[/\\\0\r\n]", cleaned)
    assert not any(unicodedata.category(sign) in {"Cc", "Cf", "Cs"} for sign in cleaned)
    assert cleaned not in {".", ".."}
    assert not cleaned.startswith(".")
    cleaned.encode()


# --- types by content

CONTENTS = {
    "a picture named as text": (PNG, "image/png", "image/png"),
    "plain text": (b"The lamp is red.\r\n", "text/plain", "text/plain"),
    "text in another script": ("Лампа красная".encode(), "text/plain", "text/plain"),
    "nothing": (b"", "text/plain", "text/plain"),
    "a document": (b"%PDF-1.4\n%\xe2\xe3\xcf\xd3", "application/pdf", "application/pdf"),
    "a page": (b"<!DOCTYPE html><html><script>alert(1)</script>", None, "application/octet-stream"),
    "a drawing with a script": (
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        "image/svg+xml",
        "application/octet-stream",
    ),
    "a program": (b"MZ\x90\x00\x03\x00\x00\x00", None, "application/octet-stream"),
    "noise": (bytes(range(1, 32)) * 4, None, "application/octet-stream"),
}


@pytest.mark.parametrize("what", CONTENTS)
def test_the_content_says_what_it_is(what: str) -> None:
    content, expected, served = CONTENTS[what]
    found = files.sniff(content)
    assert expected in (found, None)
    assert files.served_type(found) == served


def test_a_sign_cut_in_half_is_still_text() -> None:
    assert files.sniff("ä".encode() * files.HEAD) == "text/plain"
    assert files.sniff(("a" + "世" * files.HEAD).encode()[: files.HEAD]) == "text/plain"
    assert files.sniff(b"abc\xff" + b"abc" * 10) == files.UNKNOWN


@given(st.binary(max_size=200))
def test_whatever_comes_is_sniffed_and_served_harmlessly(content: bytes) -> None:
    served = files.served_type(files.sniff(content))
    assert served in files.HARMLESS | {files.UNKNOWN}
    assert not {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"} & files.HARMLESS


def test_an_inspection_reads_all_and_rewinds() -> None:
    upload = SimpleUploadedFile("../x.png", PNG, content_type="text/html")
    found = files.inspect(upload)
    assert (found.name, found.size, found.content_type, found.scan) == ("x.png", len(PNG), "image/png", "not_scanned")
    assert found.sha256 == hashlib.sha256(PNG).hexdigest()
    assert upload.read() == PNG


def suspicious(file: UploadedFile) -> str:
    """A scanner: dislikes one word, chokes on another, likes the rest."""
    content = file.read()
    return "infected" if b"EICAR" in content else "timed out after 30 s" if b"bomb" in content else "clean"


@pytest.mark.parametrize(("content", "verdict"), [(b"EICAR", "infected"), (b"tea", "clean"), (b"bomb", "not_scanned")])
def test_the_scanner_has_its_say(reporter: Member, settings: Any, content: bytes, verdict: str) -> None:
    settings.ATTACHMENT_SCANNER = "tests.incidents.test_attachments.suspicious"
    kept = keep(reporter, content=content)
    assert kept.scan == verdict
    with kept.file.open() as stored:
        assert stored.read() == content


# --- storage


@pytest.mark.parametrize("name", ["../../x", "a\0b", "a" * 5000, "photo\u202egnp.exe", "con", "lamp.php"])
def test_the_stored_name_is_random_and_in_the_organisations_folder(
    reporter: Member, harbour: Organisation, own_folder: Path, name: str
) -> None:
    first, second = keep(reporter, name), keep(reporter, name)
    pattern = rf"org-{harbour.id}/attachments/[0-9a-f]{{32}}"
    assert re.fullmatch(pattern, first.file.name or "")
    assert first.file.name != second.file.name
    assert first.uuid != second.uuid
    assert {path.name for path in own_folder.rglob("*") if path.is_file()} == {
        str(kept.file.name).rsplit("/", 1)[-1] for kept in (first, second)
    }
    assert (own_folder / str(first.file.name)).read_bytes() == b"red"
    first.refresh_from_db()
    assert first.name == files.clean_name(name)


def test_a_kept_file_tells_all_about_itself(reporter: Member) -> None:
    kept = keep(reporter, "lamp.html", PNG, kind=Attachment.Kind.APPROVAL)
    kept.refresh_from_db()
    assert (kept.size, kept.content_type, kept.kind) == (len(PNG), "image/png", "approval")
    assert (kept.uploaded_by_id, kept.incident_id, kept.message_id) == (reporter.id, None, None)


# --- whose it is


def test_a_kept_file_belongs_to_its_uploader_only(reporter: Member, agent: Member) -> None:
    mine, theirs = keep(reporter), keep(agent)
    assert list(Attachment.objects.kept_for(reporter.id)) == [mine]
    incident = reported(reporter, attachments=(mine.uuid, theirs.uuid, uuid4()))
    assert list(incident.attachments.all()) == [mine]
    assert trail_of(incident)[0].facts["attachments"] == [str(mine.uuid)]
    theirs.refresh_from_db()
    assert theirs.incident_id is None


def test_a_file_goes_to_one_record_only(reporter: Member) -> None:
    kept = keep(reporter)
    first = reported(reporter, attachments=(kept.uuid,))
    second = reported(reporter, attachments=(kept.uuid,))
    assert (list(first.attachments.all()), list(second.attachments.all())) == ([kept], [])


def test_only_the_uploader_discards_and_only_what_is_kept(
    reporter: Member, agent: Member, own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    kept, handed_in = keep(reporter), keep(reporter)
    reported(reporter, attachments=(handed_in.uuid,))
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(agent, uuid=kept.uuid)
        actions.discard(reporter, uuid=handed_in.uuid)
        actions.discard(reporter, uuid=uuid4())
    assert Attachment.objects.count() == 2
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(reporter, uuid=kept.uuid)
        assert (own_folder / str(kept.file.name)).exists()
    assert list(Attachment.objects.all()) == [handed_in]
    assert not (own_folder / str(kept.file.name)).exists()
    assert (own_folder / str(handed_in.file.name)).exists()


def test_what_is_not_committed_is_not_deleted(reporter: Member, own_folder: Path) -> None:
    kept = keep(reporter)
    with transaction.atomic():
        actions.discard(reporter, uuid=kept.uuid)
        transaction.set_rollback(True)
    assert (own_folder / str(kept.file.name)).exists()
    assert Attachment.objects.filter(pk=kept.pk).exists()


def test_nothing_is_kept_across_the_wall(reporter: Member, quill: Organisation) -> None:
    kept = keep(reporter)
    with bound(quill.id):
        assert not Attachment.objects.kept_for(reporter.id).exists()
        actions.discard(reporter, uuid=kept.uuid)
    assert Attachment.objects.filter(pk=kept.pk).exists()


# --- inside and outside


def test_what_comes_with_a_note_is_internal(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    inside, outside, theirs = keep(agent), keep(agent), keep(reporter)
    note = actions.note(agent, number=incident.number, text="See inside.", attachments=[inside.uuid])
    reply = actions.reply(agent, number=incident.number, text="See here.", attachments=[outside.uuid])
    comment = actions.comment(reporter, number=incident.number, text="And here.", attachments=[theirs.uuid])
    found = {one.pk: (one.internal, one.message_id) for one in incident.attachments.all()}
    assert found == {
        inside.pk: (True, note.pk),
        outside.pk: (False, reply.pk),
        theirs.pk: (False, comment.pk),
    }
    assert set(incident.attachments.all().public()) == {outside, theirs}
    assert [entry.facts["attachments"] for entry in trail_of(incident)[1:]] == [
        [str(one.uuid)] for one in (inside, outside, theirs)
    ]
    assert Message.objects.filter(internal=True).count() == 1


def test_a_refused_message_keeps_its_files(reporter: Member, agent: Member) -> None:
    incident = reported(reporter)
    kept = keep(agent)
    with pytest.raises(Exception, match="reply"):
        actions.reply(agent, number=incident.number, text=" ", attachments=[kept.uuid])
    assert list(Attachment.objects.kept_for(agent.id)) == [kept]
