"""What `docs/api.md` and the API's page tell people to run does run, over a real server."""

import html
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidents import actions
from incidents.models import Incident, Message
from problems.models import Problem
from tenancy.actions import tokens
from tenancy.drafts import TokenDraft
from tenancy.members import Member
from tenancy.models import Membership, Organisation, Scope
from tenancy.wall import as_owner, bound
from tests.architecture.test_transactions import server
from tests.incidents.factories import FIXED

__all__ = ["server"]  # a fixture
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).parents[2]
WRITTEN = (ROOT / "docs" / "api.md").read_text()


def blocks(kind: str) -> list[str]:
    """The examples of a kind."""
    return re.findall(rf"```{kind}\n(.*?)```", WRITTEN, re.S)


def on_the_page(home: str) -> str:
    """The examples of the API's page, but for the line that sets the token."""
    with urllib.request.urlopen(f"{home}/api/v1/docs/") as page:
        (shown,) = re.findall(r"<pre[^>]*><code>(.*?)</code>", page.read().decode(), re.S)
    first, rest = html.unescape(shown).split("\n", 1)
    assert first.startswith("export TOKEN=")
    return rest


def token_for(member: Member, *more: Scope) -> str:
    """A token of this member's with the scopes that are written to be needed."""
    with bound(member.organisation_id):
        draft = TokenDraft("Monitoring", frozenset({Scope.READ, Scope.REPORT, *more}), days=1)
        return tokens.issue(Membership.objects.get(pk=member.id), draft=draft)[1]


def here(server: int) -> str:
    """The server's address, by a name that leads to harbour."""
    from tenancy.actions.founding import add_host

    with as_owner():
        add_host(Organisation.objects.get(slug="harbour"), name="127.0.0.1")
    return f"http://127.0.0.1:{server}"


def resolve_soon(member: Member) -> None:
    """Solve whatever is commented on."""
    from django.db import connection

    for _turn in range(200):
        time.sleep(0.1)
        with bound(member.organisation_id):
            said = Message.objects.filter(kind="comment").select_related("incident").first()
            if said:
                actions.resolve(member, number=said.incident.number, resolution=FIXED)
                break
    connection.close()


def test_the_client_reports_comments_and_waits(server: int, member: Callable[..., Member]) -> None:
    (client,) = blocks("python")
    assert len(client.strip().splitlines()) <= 30
    home, token = here(server), token_for(member())
    solver = threading.Thread(target=resolve_soon, args=[member("agent")])
    solver.start()
    place = os.environ | {"STILLWATER_URL": home, "STILLWATER_TOKEN": token, "PAUSE": "0.2"}
    done = subprocess.run(
        [sys.executable, "-c", client], env=place, check=False, capture_output=True, text=True, timeout=60
    )
    solver.join()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["INC-1001 new", f"INC-1001 resolved {FIXED.note}"]


def test_the_examples_run(server: int, member: Callable[..., Member], tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Read me.")
    home, token = here(server), token_for(member("agent"), Scope.WORK)
    for example in (*blocks("sh"), on_the_page(home)):
        commands = example.replace("https://desk.example", home).replace("curl ", "curl -sS --fail-with-body ")
        done: Any = subprocess.run(
            ["/bin/sh", "-ec", commands],
            check=False,
            env=os.environ | {"TOKEN": token},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    with bound(Organisation.objects.get(slug="harbour").id):
        assert list(Incident.objects.values_list("title", "source_reference")) == [("Disk 7 is full", "disk-7")]
        assert list(Problem.objects.values_list("title", "error_code")) == [("Disks fill up", "E-17")]
