"""`up` as a person meets it: it starts, survives the worst, ends, and says in one sentence why it can't."""

import http.cookiejar
import re
import signal
import socket
import sys
import urllib.parse
import urllib.request

import pytest

from tests.launcher.starting import Checkout, answers, free_port, is_running, kill, wait_until


class Visitor:
    """A browser of the simplest kind."""

    def __init__(self, port: int) -> None:
        self.base = f"http://localhost:{port}"
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str) -> tuple[str, str]:
        """Return where one ends up, and the page."""
        with self.opener.open(self.base + path, timeout=20) as page:
            return urllib.parse.urlsplit(page.url).path, page.read().decode()

    def sign_in(self, mail: str, password: str) -> tuple[str, str]:
        """Fill in the form of the sign-in page."""
        _, form = self.get("/account/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token
        facts = {"csrfmiddlewaretoken": token[1], "login": mail, "password": password}
        request = urllib.request.Request(
            f"{self.base}/account/login/", urllib.parse.urlencode(facts).encode(), {"Referer": self.base}
        )
        with self.opener.open(request, timeout=20) as page:
            return urllib.parse.urlsplit(page.url).path, page.read().decode()


@pytest.mark.slow
def test_up_from_the_first_start_over_a_crash_to_ctrl_c(checkout: Checkout) -> None:
    port = free_port()
    launcher = checkout.up(port)
    try:
        wait_until(lambda: "Ctrl-C ends everything" in checkout.said or launcher.poll() is not None, 150)
        assert launcher.poll() is None, checkout.said
        visitor = Visitor(port)
        mail, password = _somebody(checkout.said)
        where, page = visitor.sign_in(mail, password)
        assert (where, "Report an incident" in page) == ("/", True)
        assert checkout.processes().keys() == {"postgres", "broker", "web", "mail", "worker", "beat", "tick"}
        assert oct((checkout.folder / "var" / "secrets.json").stat().st_mode)[-3:] == "600"

        kill(launcher.pid, *checkout.processes().values())
        launcher.wait()
        launcher = checkout.up(port)
        taken = wait_until(lambda: answers(f"http://localhost:{port}/account/login/"), 30)
        assert taken < 15  # some 3 seconds on an idle machine
        # Whoever was signed in still is: neither the session nor the secret key is lost.
        assert visitor.get("/")[0] == "/"

        wait_until(lambda: "Ctrl-C ends everything" in checkout.said, 30)
        assert "migrations" not in checkout.said
        processes = checkout.processes()
        launcher.send_signal(signal.SIGINT)
        assert launcher.wait(30) == 0
        assert not [name for name, pid in processes.items() if is_running(pid)]
    finally:
        launcher.kill()
        launcher.wait()


def _somebody(said: str) -> tuple[str, str]:
    """Read a requester and the password from what `up` told."""
    password = re.search(r"password[^:\n]*: (\S+)", said)
    requester = re.search(r"(\S+@\S+)\s+Requester\b", said)
    assert password
    assert requester
    return requester[1], password[1]


def _is_one_sentence(told: str) -> bool:
    return "Traceback" not in told and len(told.strip().splitlines()) == 1


def test_a_taken_port_is_told_before_anything_starts(checkout: Checkout) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = checkout.run("up", "--port", str(port))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"Port {port} is taken by another program: end that, or choose another one with --port.\n"


def test_an_unreachable_database_is_told(checkout: Checkout) -> None:
    nowhere = f"postgres://stillwater_app:x@127.0.0.1:{free_port()}/stillwater"
    answer = checkout.run("up", "--port", str(free_port()), DATABASE_URL=nowhere, DATABASE_OWNER_URL=nowhere)
    assert answer.returncode == 1
    assert _is_one_sentence(answer.stderr)
    assert "can't be reached" in answer.stderr


def test_a_database_of_somebody_else_needs_its_owner_s_address(checkout: Checkout) -> None:
    for command in (("up", "--port", str(free_port())), ("migrate",)):
        answer = checkout.run(*command, DATABASE_URL="postgres://stillwater_app:x@127.0.0.1/stillwater")
        assert answer.returncode == 1
        assert _is_one_sentence(answer.stderr)
        assert "DATABASE_OWNER_URL" in answer.stderr


def test_another_major_version_is_told(checkout: Checkout) -> None:
    data = checkout.folder / "var" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    (checkout.folder / "var" / "secrets.json").write_text('{"superuser": "x", "secret_key": "x"}')
    answer = checkout.run("up", "--port", str(free_port()))
    assert answer.returncode == 1
    assert _is_one_sentence(answer.stderr)
    assert "was made by PostgreSQL 14" in answer.stderr


def test_reset_asks_and_takes_silence_for_no(checkout: Checkout) -> None:
    kept = checkout.folder / "var" / "mail"
    kept.mkdir(parents=True)
    (kept / "one.eml").write_text("hello")
    answer = checkout.run("up", "--reset", "--port", str(free_port()))
    assert answer.returncode == 1
    assert "Nothing was deleted." in answer.stderr
    assert (kept / "one.eml").exists()


def test_where_django_is_installed_nothing_is_set_up(checkout: Checkout) -> None:
    """As in a production image: this run's Python has Django, and its virtual environment is not the checkout's."""

    checkout.python = sys.executable
    elsewhere = {"STILLWATER_VENV": str(checkout.folder / ".venv")}
    answer = checkout.run("up", **elsewhere)
    assert answer.returncode == 1
    assert _is_one_sentence(answer.stderr)
    assert checkout.run("version", **elsewhere).stdout.startswith("5.")
    refused = checkout.run("check", **elsewhere)
    assert "ImproperlyConfigured" in refused.stderr
    assert not (checkout.folder / ".venv").exists()
    assert not (checkout.folder / "var").exists()
