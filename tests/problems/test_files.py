"""Files of problems: kept before their form is right, added with a note or by themselves, for staff only."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.celery import app
from incidents.models import DeskRules
from problems import actions
from problems.actions.keeping import forget_unfinished
from problems.lifecycle import Verb
from problems.models import File, Problem
from tenancy import clock
from tenancy.members import Denied
from tenancy.models import Organisation, TrailEntry
from tenancy.wall import bound
from tests.architecture.nasty_files import nasty_files
from tests.incidents.conftest import Cast
from tests.incidents.pages.reading import Form, Page
from tests.problems.conftest import Enter
from tests.problems.factories import brought, raised


def upload(name: str = "fuse.txt", content: bytes = b"It melts.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def act(client: Client, problem: Problem, verb: Verb, **data: Any) -> Page:
    return Page(client.post(reverse("desk:problem-act", args=[problem.number, verb]), data))


def look(client: Client, problem: Problem, **query: str) -> Page:
    return Page(client.get(reverse("desk:problem", args=[problem.number]), query))


def address(file: File) -> str:
    return reverse("desk:problem-file", args=[file.uuid])


def fetch(client: Client, file: File | str) -> tuple[int, dict[str, str], bytes]:
    """Ask for a file, and read all of the answer."""
    answer = client.get(file if isinstance(file, str) else address(file))
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer.status_code, dict(answer.headers), body


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_files_are_added_by_themselves_and_downloaded(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    form = look(client, problem, do="attach").form("/attach/")
    assert "uploads" in form.offers
    assert act(client, problem, Verb.ATTACH, uploads=[upload(), upload("log.txt", b"hot")]).status == 302
    page = look(client, problem)
    assert "fuse.txt" in page.text
    assert "log.txt" in page.text
    file = File.objects.get(name="fuse.txt")
    assert file.problem_id == problem.pk
    assert address(file) in page.links
    _status, headers, body = fetch(client, file)
    assert body == b"It melts."
    assert headers["Content-Disposition"] == 'attachment; filename="fuse.txt"'
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"].startswith("private, no-store")
    entry = TrailEntry.objects.get(kind="problem.attached")
    assert entry.facts["files"] == [str(one.uuid) for one in File.objects.order_by("id")]
    assert "added files" in page.text


def test_a_note_carries_its_files(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    assert act(client, problem, Verb.NOTE, text="Look at this.", uploads=[upload()]).status == 302
    file = File.objects.get()
    assert file.note is not None
    assert file.note.text == "Look at this."
    thread = look(client, problem).html.partition('id="notes"')[2].partition('id="files"')[0]
    assert address(file) in thread
    assert TrailEntry.objects.get(kind="problem.noted").facts["files"] == [str(file.uuid)]


def test_what_was_uploaded_survives_a_refusal(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    page = act(client, problem, Verb.NOTE, text=" ", uploads=[upload()])
    assert page.status == 422
    file = File.objects.get()
    assert file.problem is None
    form: Form = page.form("/note/")
    assert form.values["kept_files"] == [str(file.uuid)]
    assert fetch(client, file)[0] == 200
    assert fetch(enter(cast.mate), file)[0] == 404
    assert act(client, problem, Verb.NOTE, **form.filled(text="Now.")).status == 302
    file.refresh_from_db()
    assert file.problem_id == problem.pk


def test_what_is_unticked_is_forgotten(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    page = act(client, problem, Verb.NOTE, text="", uploads=[upload()])
    form = page.form("/note/")
    assert act(client, problem, Verb.NOTE, **form.filled(text="Without.", kept_files=None)).status == 302
    assert not File.objects.exists()


def test_nobody_takes_what_somebody_else_uploaded(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    (file,) = actions.keep(cast.mate, uploads=[upload()])
    client, ids = enter(cast.agent), [str(file.uuid)]
    act(client, problem, Verb.NOTE, text="Mine?", kept_files=ids, offered_files=ids)
    act(client, problem, Verb.NOTE, text="Or gone?", offered_files=ids)
    odd = ["", "1", "../../etc/passwd", str(uuid4()), "x" * 5000]
    assert act(client, problem, Verb.ATTACH, kept_files=odd, offered_files=odd).status == 422
    file.refresh_from_db()
    assert file.problem is None


def test_what_belongs_to_a_problem_goes_to_no_other(cast: Cast, enter: Enter) -> None:
    problem, other = raised(cast.problem_manager), raised(cast.problem_manager)
    file, client = brought(cast.agent, problem), enter(cast.agent)
    act(client, other, Verb.NOTE, text="Mine.", kept_files=[file.uuid])
    act(client, other, Verb.NOTE, text="Gone.", offered_files=[file.uuid])
    assert File.objects.get().problem_id == problem.pk


def test_the_limits_are_those_of_the_desk(cast: Cast, enter: Enter) -> None:
    DeskRules.objects.update(attachment_max_count=2, attachment_max_megabytes=1)
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    assert "Up to 2 files of 1 MB each." in look(client, problem, do="attach").text
    page = act(client, problem, Verb.ATTACH, uploads=[upload("big.txt", b"x" * 1024 * 1025), upload("void.txt", b"")])
    assert page.status == 422
    assert "“big.txt” is" in page.text
    assert "“void.txt” is empty" in page.text
    page = act(client, problem, Verb.ATTACH, uploads=[upload(f"{n}.txt") for n in range(3)])
    assert page.status == 422
    assert "“2.txt” was left out" in page.text
    assert act(client, problem, Verb.ATTACH).status == 422
    assert "Choose a file." in act(client, problem, Verb.ATTACH).text


def test_who_reads_problems_gets_them_and_nobody_else(cast: Cast, enter: Enter, quill: Organisation) -> None:
    problem = raised(cast.problem_manager)
    file = address(brought(cast.agent, problem))
    for who in (cast.agent, cast.mate, cast.outside_agent, cast.manager, cast.auditor):
        assert fetch(enter(who), file)[0] == 200, who.name
    for who, status in ((cast.reporter, 404), (cast.stakeholder, 404), (cast.administrator, 403)):
        assert fetch(enter(who), file)[0] == status, who.name
    with bound(quill.id):
        assert not File.objects.exists()


def test_an_infected_file_is_named_and_never_served(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    file, client = brought(cast.agent, problem), enter(cast.agent)
    File.objects.update(scan=File.Scan.INFECTED)
    page = look(client, problem)
    assert "infected, blocked" in page.text
    assert address(file) not in page.links
    assert fetch(client, file)[0] == 404


def test_those_who_only_read_add_none(cast: Cast, enter: Enter) -> None:
    problem = raised(cast.problem_manager)
    client = enter(cast.auditor)
    assert "do=attach" not in look(client, problem).html
    assert act(client, problem, Verb.ATTACH, uploads=[upload()]).status == 403
    assert act(client, problem, Verb.NOTE, text="See.", uploads=[upload()]).status == 403
    with pytest.raises(Denied):
        actions.keep(cast.auditor, uploads=[upload()])
    assert not File.objects.exists()


def test_nothing_of_a_file_reaches_the_requester(cast: Cast, enter: Enter, own_folder: Path) -> None:
    problem = raised(cast.problem_manager)
    file = brought(cast.agent, problem, "../secret.php")
    (path,) = on_disk(own_folder)
    assert path.parent.parts[-2:] == (f"org-{cast.agent.organisation_id}", "problem-files")
    assert "secret" not in path.name
    assert file.name == "secret.php"
    path.unlink()
    assert fetch(enter(cast.agent), file)[0] == 404


def test_hostile_files_are_told_by_their_content(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)
    for name, content in nasty_files():
        sent = upload("x", content)
        sent._name = name
        (file,) = actions.keep(cast.agent, uploads=[sent])
        actions.attach(cast.agent, number=problem.number, files=[file.uuid])
        _status, headers, _body = fetch(client, file)
        served = headers["Content-Type"].partition(";")[0]
        assert served in {"application/octet-stream", "application/pdf", "text/plain", "image/png", "image/gif"}, name
        assert headers["Content-Disposition"].startswith("attachment")
    page = look(client, problem)
    assert page.status == 200
    assert "<img src=x" not in page.html


def test_a_note_of_no_problem_holds_no_file(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    note = actions.note(cast.agent, number=problem.number, text="See.")
    (file,) = actions.keep(cast.agent, uploads=[upload()])
    with pytest.raises(IntegrityError), transaction.atomic():
        File.objects.filter(pk=file.pk).update(note=note)


def test_forms_that_nobody_finished_are_forgotten(cast: Cast) -> None:
    problem = raised(cast.problem_manager)
    brought(cast.agent, problem)
    long_ago = clock.now() - timedelta(days=2)
    actions.keep(cast.agent, uploads=[upload("old.txt")], at=long_ago)
    actions.keep(cast.agent, uploads=[upload("young.txt")])
    assert forget_unfinished(before=clock.now() - timedelta(days=1)) == 1
    assert sorted(File.objects.values_list("name", flat=True)) == ["fuse.txt", "young.txt"]
    asked = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert "problems.tasks.tidy" in asked


def test_many_files_cost_as_much_as_few(cast: Cast, enter: Enter) -> None:
    problem, client = raised(cast.problem_manager), enter(cast.agent)

    def asked() -> int:
        look(client, problem)
        with CaptureQueriesContext(connection) as queries:
            look(client, problem)
        return len(queries)

    brought(cast.agent, problem)
    few = asked()
    for turn in range(9):
        brought(cast.agent, problem, f"{turn}.txt")
    assert asked() == few
