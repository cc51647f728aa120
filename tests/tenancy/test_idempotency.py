"""Sending the same request again: one effect, one answer; and nothing is remembered of what failed."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from tenancy import clock
from tenancy.actions import retries
from tenancy.members import Member
from tenancy.models import KeptAnswer, Organisation, Team
from tenancy.tasks import forget_answers
from tenancy.wall import bound
from tests.tenancy import api
from tests.tenancy.test_tokens import token_of

Make = Callable[..., Member]
Send = Callable[..., Any]
PATH = "/api/test/"
OTHERS = [({"name": "b"}, PATH), ({"name": "a"}, f"{PATH}?x=1"), ({"name": "a", "x": 1}, PATH)]


@pytest.fixture
def send(settings: Any, member: Make) -> Send:
    """Send a POST to the small API by a member's token."""
    settings.ROOT_URLCONF = "tests.tenancy.api"
    secret = token_of(member("agent"))

    def post(
        body: Any, key: str | None = "k-1", *, secret: str = secret, path: str = "/api/test/", **extra: Any
    ) -> Any:
        browser = Client(SERVER_NAME="harbour.testserver", raise_request_exception=False)
        headers = {"Authorization": f"Bearer {secret}"} | ({"Idempotency-Key": key} if key is not None else {})
        is_form = any(hasattr(value, "read") for value in body.values())
        sent = {"data": body} if is_form else {"data": json.dumps(body), "content_type": "application/json"}
        return browser.post(path, headers=headers, **sent, **extra)

    return post


def teams(organisation: Organisation) -> int:
    with bound(organisation.id):
        return Team.objects.count()


def test_the_same_again_gets_the_same_answer_and_does_nothing(send: Send, harbour: Organisation) -> None:
    first, again = send({"name": "a"}), send({"name": "a"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert [one.headers.get("Idempotent-Replayed") for one in (first, again)] == [None, "true"]
    for name in ("Location", "Content-Type", "Content-Security-Policy", "X-Content-Type-Options"):
        assert first.headers[name] == again.headers[name]
    assert teams(harbour) == 1


def test_without_a_key_or_with_another_it_is_done_again(send: Send, harbour: Organisation) -> None:
    for key in (None, None, "k-1", "k-2"):
        assert send({"name": "a"}, key).status_code == 201
    assert teams(harbour) == 4


@pytest.mark.parametrize(
    "other", [{"body": {"name": "b"}}, {"path": "/api/test/?x=1"}, {"body": {"name": "a", "x": 1}}]
)
def test_another_request_with_the_same_key_is_refused(other: Any, send: Send, harbour: Organisation) -> None:
    send({"name": "a"})
    answer = send(other.get("body", {"name": "a"}), path=other.get("path", "/api/test/"))
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.text
    assert teams(harbour) == 1


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "schlüssel".encode().decode("latin-1"), "a\x7f"])
def test_what_is_no_key(key: str, send: Send, harbour: Organisation) -> None:
    assert send({"name": "a"}, key).status_code == 400
    assert teams(harbour) == 0


@pytest.mark.parametrize("wrong", ["bad", "raises", "breaks"])
def test_what_failed_may_be_tried_again(wrong: str, send: Send, harbour: Organisation) -> None:
    answer = send({"name": wrong})
    assert answer.status_code == {"bad": 400, "raises": 422, "breaks": 500}[wrong]
    assert teams(harbour) == 0
    with bound(harbour.id):
        assert not KeptAnswer.objects.exists()
    assert send({"name": "good"}).status_code == 201


def test_keys_of_others_are_others(send: Send, member: Make, harbour: Organisation, quill: Organisation) -> None:
    mine, theirs = send({"name": "a"}), send({"name": "a"}, secret=token_of(member("agent")))
    assert "Idempotent-Replayed" not in theirs.headers
    assert mine.json()["by"] != theirs.json()["by"]
    far = member("agent", organisation=quill)
    assert send({"name": "a"}, secret=token_of(far), SERVER_NAME="quill.testserver").status_code == 201
    assert (teams(harbour), teams(quill)) == (2, 1)


def test_a_token_and_a_session_of_one_member_share_their_keys(
    settings: Any, member: Make, client_of: Callable[[Member], Client], harbour: Organisation
) -> None:
    settings.ROOT_URLCONF = "tests.tenancy.api"
    ada = member("agent")
    key, secret = {"Idempotency-Key": "k"}, token_of(ada)
    answers = [
        client_of(ada).post("/api/test/", {"name": "a"}, "application/json", headers=key),
        Client(SERVER_NAME="harbour.testserver").post(
            "/api/test/", {"name": "a"}, "application/json", headers={**key, "Authorization": f"Bearer {secret}"}
        ),
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert teams(harbour) == 1


def upload(words: bytes = b"hello", name: str = "notes.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, words, "text/plain")


def test_files_are_part_of_what_was_sent(send: Send, harbour: Organisation) -> None:
    first = send({"name": "a", "file": upload()})
    again = send({"name": "a", "file": upload()})  # with another boundary
    assert (first.status_code, again.content) == (201, first.content)
    assert first.json()["file"] == "hello"
    for other in (upload(b"hellO"), upload(name="other.txt")):
        assert send({"name": "a", "file": other}).status_code == 422
    assert teams(harbour) == 1


def test_what_is_too_large_is_refused_unread(send: Send, harbour: Organisation, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert send({"name": "x" * 1000}).status_code == 413
    assert teams(harbour) == 0


def test_the_keys_of_yesterday_are_swept(send: Send, member: Make, harbour: Organisation, quill: Organisation) -> None:
    for far in (None, member("agent", organisation=quill)):
        extra = {"secret": token_of(far), "SERVER_NAME": "quill.testserver"} if far else {}
        for key in ("old", "young"):
            send({"name": "a"}, key, **extra)
    for organisation in (harbour, quill):
        with bound(organisation.id):
            old = clock.now() - retries.KEPT_FOR - timedelta(seconds=1)
            KeptAnswer.objects.filter(key="old").update(made_at=old)
    forget_answers()
    for organisation in (harbour, quill):
        with bound(organisation.id):
            assert [kept.key for kept in KeptAnswer.objects.all()] == ["young"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_have_one_effect(send: Send, harbour: Organisation) -> None:
    def one(_turn: int) -> Any:
        try:
            return send({"name": "a"})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(one, range(16)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, answers[0].content)}
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert teams(harbour) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_the_second_waits_for_what_becomes_of_the_first(fails: bool, send: Send, harbour: Organisation) -> None:
    gate, inside = threading.Event(), threading.Event()

    def hold() -> None:
        if not inside.is_set():
            inside.set()
            gate.wait(10)
            if fails:
                raise RuntimeError("the first one breaks")

    def one() -> Any:
        try:
            return send({"name": "held"})
        finally:
            connection.close()

    api.held.append(hold)
    try:
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(one)
            assert inside.wait(10)
            second = threads.submit(one)
            threading.Event().wait(0.5)
            assert not second.done()
            gate.set()
            statuses = [first.result().status_code, second.result().status_code]
            replayed = second.result().headers.get("Idempotent-Replayed")
    finally:
        api.held.clear()
    assert (statuses, replayed) == (([500, 201], None) if fails else ([201, 201], "true"))
    assert teams(harbour) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_ever(send: Send, harbour: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "WAITS_FOR", "200ms")
    gate, inside = threading.Event(), threading.Event()

    def hold() -> None:
        inside.set()
        gate.wait(10)

    def one() -> Any:
        try:
            return send({"name": "held"})
        finally:
            connection.close()

    api.held.append(hold)
    try:
        with ThreadPoolExecutor(2) as threads:
            first = threads.submit(one)
            assert inside.wait(10)
            answer = threads.submit(one).result()
            gate.set()
            assert first.result().status_code == 201
    finally:
        api.held.clear()
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "1")
    assert teams(harbour) == 1
