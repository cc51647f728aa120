"""Files: within the limits, kept through every error, thrown away when unticked, and served to do no harm."""

from email.message import Message as Headers
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from incidents import actions
from incidents.lifecycle import Status
from incidents.models import Attachment, DeskRules, Incident, Message
from tenancy import members
from tenancy.members import Member
from tenancy.models import Membership, Organisation
from tenancy.wall import bound
from tests.incidents.conftest import Cast
from tests.incidents.factories import brought_to, reported
from tests.incidents.pages.conftest import Browse
from tests.incidents.pages.reading import Page, without_tokens

REPORT = "/report/"
GOOD = {"title": "The lamp glows", "when": "now", "urgency": "low", "impact": "person"}
MEGABYTE = 1024 * 1024
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(17)


def upload(name: str = "lamp.txt", content: bytes = b"It glows.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept(page: Page) -> list[str]:
    return next(form.values.get("kept_files", []) for form in page.forms if "uploads" in form.offers)


def limit(count: int = 10, megabytes: int = 25) -> None:
    DeskRules.objects.update(attachment_max_count=count, attachment_max_megabytes=megabytes)


def names(incident: Incident) -> list[str]:
    return [file.name for file in incident.attachments.all()]


def file_of(member: Member, **draft: object) -> str:
    """The address of a file that the member reported with an incident."""
    (one,) = actions.keep(member, uploads=[upload()])
    reported(member, attachments=(one.uuid,), **draft)
    return reverse("incidents:file", args=[one.uuid])


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_survives_every_error_and_comes_along_at_last(reporter: Member, browse: Browse) -> None:
    browser = browse(reporter)
    first = browser.post(REPORT, {**GOOD, "title": "", "uploads": [upload()]})
    assert first.status == 422
    assert "lamp.txt" in first.text
    second = browser.post(REPORT, first.form_with("uploads").filled(urgency="", uploads=[upload("more.txt")]))
    assert second.status == 422
    assert len(kept(second)) == 2
    done = browser.post(REPORT, second.form_with("uploads").filled(title="The lamp glows", urgency="low"))
    assert done.status == 302
    assert names(Incident.objects.get()) == ["lamp.txt", "more.txt"]
    assert done.location == reverse("incidents:portal-incident", args=[Incident.objects.get().number])


def test_an_unticked_file_is_thrown_away(reporter: Member, browse: Browse, own_folder: Path) -> None:
    browser = browse(reporter)
    page = browser.post(REPORT, {**GOOD, "title": "", "uploads": [upload("stays.txt"), upload("goes.txt")]})
    stays, goes = kept(page)
    again = browser.post(REPORT, page.form_with("uploads").filled(kept_files=[stays]))
    assert again.status == 422
    assert kept(again) == [stays]
    assert not Attachment.objects.filter(uuid=goes).exists()
    done = browser.post(REPORT, again.form_with("uploads").filled(title="The lamp glows"))
    assert done.status == 302
    assert names(Incident.objects.get()) == ["stays.txt"]


def test_what_is_thrown_away_leaves_the_disk(
    reporter: Member, browse: Browse, own_folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    browser = browse(reporter)
    page = browser.post(REPORT, {**GOOD, "title": "", "uploads": [upload("stays.txt"), upload("goes.txt")]})
    assert len(on_disk(own_folder)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(REPORT, page.form_with("uploads").filled(kept_files=kept(page)[:1]))
    assert len(on_disk(own_folder)) == 1


def test_too_large_is_left_out_and_the_others_kept(reporter: Member, browse: Browse) -> None:
    limit(megabytes=1)
    files = [upload("small.txt"), upload("large.txt", b"x" * (MEGABYTE + 1)), upload("full.txt", b"x" * MEGABYTE)]
    page = browse(reporter).post(REPORT, {**GOOD, "uploads": files})
    assert page.status == 422
    assert "“large.txt” is 1.0 MB; the limit is 1 MB" in page.text.replace("\xa0", " ")
    assert [one.name for one in Attachment.objects.all()] == ["small.txt", "full.txt"]
    assert page.form_with("uploads").value("title") == GOOD["title"]


def test_too_many_are_left_out_also_over_several_attempts(reporter: Member, browse: Browse) -> None:
    limit(count=2)
    browser = browse(reporter)
    page = browser.post(REPORT, {**GOOD, "uploads": [upload("1.txt"), upload("2.txt"), upload("3.txt")]})
    assert page.status == 422
    assert "Not more than 2 files: “3.txt” was left out" in page.text
    again = browser.post(REPORT, page.form_with("uploads").filled(uploads=[upload("4.txt")]))
    assert "“4.txt” was left out" in again.text
    assert browser.post(REPORT, again.form_with("uploads").filled()).status == 302
    assert names(Incident.objects.get()) == ["1.txt", "2.txt"]


def test_files_of_several_forms_do_not_add_up_beyond_the_limit(reporter: Member, browse: Browse) -> None:
    limit(count=2)
    browser = browse(reporter)
    ids = [one for _turn in range(2) for one in kept(browser.post(REPORT, {"uploads": [upload(), upload()]}))]
    assert len(ids) == 4
    assert browser.post(REPORT, {**GOOD, "kept_files": ids}).status == 302
    assert len(names(Incident.objects.get())) == 2


def test_an_empty_file_is_named_and_takes_no_other_along(reporter: Member, browse: Browse) -> None:
    page = browse(reporter).post(REPORT, {**GOOD, "uploads": [upload("void.txt", b""), upload()]})
    assert page.status == 422
    assert "“void.txt” is empty" in page.text
    assert len(kept(page)) == 1


def test_only_the_uploader_has_a_kept_file(cast: Cast, browse: Browse) -> None:
    ids = kept(browse(cast.reporter).post(REPORT, {"uploads": [upload()]}))
    file = reverse("incidents:file", args=ids)
    assert browse(cast.reporter).get(file).status == 200
    for who in (cast.bystander, cast.agent, cast.manager, cast.administrator):
        browser = browse(who)
        assert browser.get(file).status == 404
        done = browser.post(REPORT, {**GOOD, "kept_files": ids, "offered_files": ids})
        assert names(Incident.objects.get(number=int(done.location.rstrip("/").rpartition("-")[2]))) == []
        browser.post(REPORT, {"offered_files": ids})
    assert Attachment.objects.get().incident is None


def test_nonsense_instead_of_ids_is_passed_over(reporter: Member, browse: Browse) -> None:
    odd = ["", "1", "../../etc/passwd", "\x00", str(uuid4()), "x" * 5000]
    page = browse(reporter).post(REPORT, {**GOOD, "kept_files": odd, "offered_files": odd})
    assert page.status == 302


def test_what_belongs_to_a_record_can_not_be_taken_away_or_along(reporter: Member, browse: Browse) -> None:
    (one,) = actions.keep(reporter, uploads=[upload()])
    incident = reported(reporter, attachments=(one.uuid,))
    browse(reporter).post(REPORT, {**GOOD, "offered_files": [one.uuid]})
    browse(reporter).post(REPORT, {**GOOD, "kept_files": [one.uuid]})
    assert Attachment.objects.get().incident == incident


def test_a_message_carries_its_files(cast: Cast, browse: Browse) -> None:
    incident = brought_to(Status.IN_PROGRESS, cast.reporter, cast.agent)
    path = reverse("incidents:portal-incident", args=[incident.number])
    page = browse(cast.reporter).post(f"{path}comment/", {"body": " ", "uploads": [upload()]})
    assert page.status == 422
    page = browse(cast.reporter).post(f"{path}comment/", page.form("/comment/").filled(body="See."), follow=True)
    assert "lamp.txt" in page.text
    assert "Evidence" in page.text
    assert "not scanned" in page.text
    assert Attachment.objects.get().message == Message.objects.get(text="See.")


def test_staff_say_what_kind_a_file_is(cast: Cast, browse: Browse) -> None:
    incident = reported(cast.reporter)
    path = reverse("desk:incident", args=[incident.number])
    data = {"mode": "internal", "body": "Signed.", "kind": "approval", "uploads": [upload()]}
    page = browse(cast.agent).post(f"{path}compose/", data, follow=True)
    assert "Approval" in page.text
    assert Attachment.objects.get().internal


ODD_NAMES = [
    "lamp.txt",
    "Störung – Büro №3.txt",
    "灯.txt",
    'quo"te;x=y.txt',
    "semi;colon, comma.txt",
    "back\\slash.txt",
    "../../etc/passwd",
    "C:\\windows\\system32\\cmd.exe",
    "line\r\nSet-Cookie: a=b.txt",
    "turn\u202egnp.exe",
    "con",
    ".htaccess",
    "x" * 300 + ".txt",
    "percent%20%0d%0a.txt",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_download_is_named_safely_and_runs_nowhere(reporter: Member, browse: Browse, name: str) -> None:
    (one,) = actions.keep(reporter, uploads=[upload(name)])
    page = browse(reporter).get(reverse("incidents:file", args=[one.uuid]))
    headers = page.response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Set-Cookie" not in headers
    assert told_name(headers["Content-Disposition"]) == one.name
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["Content-Disposition"].isascii()
    assert page.html == "It glows."


def told_name(disposition: str) -> str:
    """The file name that a browser reads from the header (RFC 6266)."""
    headers = Headers()
    headers["Content-Disposition"] = disposition
    extended = disposition.partition("filename*=utf-8''")[2]
    return unquote(extended) if extended else str(headers.get_filename())


@pytest.mark.parametrize(
    ("name", "content", "served"),
    [
        ("a.png", PNG, "image/png"),
        ("a.txt", b"plain words", "text/plain"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', ""),
        ("a.png", b"<!doctype html><html><script>alert(1)</script></html>", ""),
        ("a.html", b"<!doctype html><html><body>x</body></html>", ""),
        ("a.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', ""),
        ("a.js", b"alert(document.cookie)", "text/plain"),
        ("a.bin", bytes(range(256)), ""),
    ],
)
def test_the_type_is_told_by_content_and_only_harmless_ones_are_named(
    reporter: Member, browse: Browse, name: str, content: bytes, served: str
) -> None:
    (one,) = actions.keep(reporter, uploads=[upload(name, content)])
    response = browse(reporter).get(reverse("incidents:file", args=[one.uuid])).response
    assert response.headers["Content-Type"].partition(";")[0] == (served or "application/octet-stream")


def test_an_infected_file_is_named_and_never_served(cast: Cast, browse: Browse) -> None:
    file = file_of(cast.reporter, service=cast.service)
    Attachment.objects.update(scan=Attachment.Scan.INFECTED)
    for who, path in ((cast.reporter, "incidents:portal-incident"), (cast.agent, "desk:incident")):
        page = browse(who).get(reverse(path, args=[Incident.objects.get().number]))
        assert "infected, blocked" in page.text
        assert file not in page.links
        assert browse(who).get(file).status == 404


def test_who_sees_the_incident_gets_its_files_and_nobody_else(cast: Cast, browse: Browse, quill: Organisation) -> None:
    file = file_of(cast.reporter, service=cast.service)
    for who in (cast.reporter, cast.stakeholder, cast.agent, cast.auditor):
        assert browse(who).get(file).status == 200, who.name
    for who in (cast.bystander, cast.administrator):
        assert browse(who).get(file).status == 404, who.name
    actions.restrict(cast.manager, number=Incident.objects.get().number)
    for who in (cast.reporter, cast.mate, cast.auditor):
        assert browse(who).get(file).status == 200, who.name
    for who in (cast.stakeholder, cast.agent, cast.outside_agent):
        assert browse(who).get(file).status == 404, who.name


def test_over_the_wall_a_file_is_as_missing_as_any(cast: Cast, browse: Browse, quill: Organisation) -> None:
    file = file_of(cast.reporter)
    with bound(quill.id):
        foreign = namesake(quill, cast.reporter)
    browser = browse(foreign)
    missing = browser.get(reverse("incidents:file", args=[uuid4()]))
    there = browser.get(file)
    assert (there.status, missing.status) == (404, 404)
    assert without_tokens(there.html) == without_tokens(missing.html)


def namesake(organisation: Organisation, member: Member) -> Member:
    return members.load(Membership.objects.get(name=member.name), organisation)


def test_strangers_sign_in_first(reporter: Member, browse: Browse) -> None:
    file = file_of(reporter)
    browser = browse(reporter)
    browser.client.logout()
    page = browser.get(file)
    assert (page.status, page.location) == (302, f"/account/login/?next={file}")


def test_a_file_that_is_gone_from_the_disk_is_missing(reporter: Member, browse: Browse, own_folder: Path) -> None:
    file = file_of(reporter)
    for path in on_disk(own_folder):
        path.unlink()
    assert browse(reporter).get(file).status == 404


def test_the_name_on_the_disk_tells_nothing(reporter: Member, own_folder: Path) -> None:
    actions.keep(reporter, uploads=[upload("../secret.php")])
    (path,) = on_disk(own_folder)
    assert "secret" not in str(path)
    assert path.parent.parts[-2:] == (f"org-{reporter.organisation_id}", "attachments")


def test_a_form_sent_twice_gives_its_files_once(reporter: Member, browse: Browse) -> None:
    browser = browse(reporter)
    page = browser.post(REPORT, {**GOOD, "title": "", "uploads": [upload()]})
    for _turn in range(2):
        assert browser.post(REPORT, page.form_with("uploads").filled(title="The lamp glows")).status == 302
    assert [names(one) for one in Incident.objects.order_by("number")] == [["lamp.txt"], []]
