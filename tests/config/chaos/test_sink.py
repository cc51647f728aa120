"""The mail server misbehaves as it is told, and knows of which mails a copy may come."""

import json
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config.chaos.journal import read
from config.chaos.plan import Mail
from config.launcher.memory import free_port, is_answering

Lines = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A sink, in a process of its own."""
    port = free_port()
    files = ["--journal", str(tmp_path / "sink.jsonl"), "--moods", str(tmp_path / "moods.json")]
    process = subprocess.Popen([sys.executable, "-m", "config.chaos.sink", "--port", str(port), *files])
    deadline = time.monotonic() + 20
    while not is_answering(port):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with smtplib.SMTP("127.0.0.1", port):  # whoever asked before has been answered
        pass
    yield port
    process.terminate()
    assert process.wait(10) == 0


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    def lines(*whats: str) -> list[dict[str, Any]]:
        time.sleep(0.2)
        return list(read(tmp_path / "sink.jsonl", *whats))

    return lines


@pytest.fixture
def mood(tmp_path: Path) -> Callable[[Mail], None]:
    def mood(way: Mail) -> None:
        (tmp_path / "moods.json").write_text(json.dumps([[0, time.time() + 600, way]]))

    return mood


def send(line: smtplib.SMTP, number: int, to: str = "story1x1@people.example") -> None:
    line.sendmail("desk@house.example", [to], f"Message-ID: <{number}@x>\r\nSubject: hello\r\n\r\nhello\r\n")


def send_alone(port: int, number: int) -> None:
    """Over a line of its own, which is just closed."""
    line = smtplib.SMTP("127.0.0.1", port)
    try:
        send(line, number)
    finally:
        line.close()


def fate(lines: Lines) -> list[tuple[str, str]]:
    return [(told["id"], told["became"]) for told in lines("line")]


def test_it_notes_what_it_kept_and_that_the_line_went_on(port: int, lines: Lines) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        send(line, 1)
        send(line, 2)
    assert [told["id"] for told in lines("kept")] == ["<1@x>", "<2@x>"]
    assert fate(lines) == [("<1@x>", "went on"), ("<2@x>", "went on")]
    assert lines("fault") == []


def test_it_sees_that_a_sender_died_behind_a_mail(port: int, lines: Lines) -> None:
    send_alone(port, 1)
    assert fate(lines) == [("<1@x>", "ended")]


def test_a_mail_is_kept_and_the_line_dropped(port: int, lines: Lines, mood: Callable[[Mail], None]) -> None:
    mood(Mail.DROPPED)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send_alone(port, 1)
    assert [told["id"] for told in lines("kept")] == ["<1@x>"]
    assert fate(lines) == [("<1@x>", "ended")]


def test_what_was_answered_before_the_line_dropped_may_not_come_again(
    port: int, lines: Lines, mood: Callable[[Mail], None]
) -> None:
    mood(Mail.HUNG_UP)
    line = smtplib.SMTP("127.0.0.1", port)
    send(line, 1)
    time.sleep(0.2)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(line, 2)
    line.close()
    assert [told["id"] for told in lines("kept")] == ["<1@x>"]
    assert fate(lines) == [("<1@x>", "hung up after the answer")]


@pytest.mark.parametrize(("way", "error"), [(Mail.FULL, smtplib.SMTPDataError), (Mail.CUT, smtplib.SMTPException)])
def test_contents_are_refused_or_cut_off_twice_at_most(
    port: int, lines: Lines, mood: Callable[[Mail], None], way: Mail, error: type[Exception]
) -> None:
    mood(way)
    for _ in range(2):
        with pytest.raises(error):
            send_alone(port, 1)
    send_alone(port, 1)
    assert [(told["way"], told["id"]) for told in lines("fault")] == [(way, "<1@x>")] * 2
    assert len(lines("kept")) == 1


@pytest.mark.parametrize(("way", "code"), [(Mail.BUSY, 451), (Mail.POLICY, 550)])
def test_an_address_is_refused_once(
    port: int, lines: Lines, mood: Callable[[Mail], None], way: Mail, code: int
) -> None:
    mood(way)
    with smtplib.SMTP("127.0.0.1", port) as line:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(line, 1)
        assert refused.value.recipients["story1x1@people.example"][0] == code
        send(line, 1)
        send(line, 2, "agent@house.example")
    assert len(lines("fault")) == 1
    assert len(lines("kept")) == 2


def test_connections_are_closed_or_reset(port: int, lines: Lines, mood: Callable[[Mail], None]) -> None:
    mood(Mail.CLOSED)
    with pytest.raises(smtplib.SMTPConnectError, match="421"):
        smtplib.SMTP("127.0.0.1", port)
    assert [told["way"] for told in lines("fault")] == [Mail.CLOSED]


def test_an_unreachable_server_resets(port: int, lines: Lines, mood: Callable[[Mail], None]) -> None:
    mood(Mail.UNREACHABLE)
    with pytest.raises((OSError, smtplib.SMTPServerDisconnected)):
        smtplib.SMTP("127.0.0.1", port)
    assert [told["way"] for told in lines("fault")] == [Mail.UNREACHABLE]
