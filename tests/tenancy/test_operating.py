"""``manage.py organisation``: what an operator does, as the owner."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenancy.models import Host, Organisation, TrailEntry
from tenancy.wall import bound
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> str:
    out = StringIO()
    call_command("organisation", *words, stdout=out)
    return out.getvalue()


def add(slug: str = "tern", *more: str, host: str = "Tern.Testserver") -> str:
    return run("add", slug, "--name", "Tern Ltd", "--host", host, "--admin-mail", "Nia@people.example", *more)


def test_an_organisation_opens_and_its_administrator_comes_in() -> None:
    told = add("tern", "--host", "help.tern.example", "--admin-name", "Nia")
    assert "http://tern.testserver, http://help.tern.example" in told
    browser = Client(SERVER_NAME="tern.testserver")
    path = told.strip().rsplit("\n", 1)[-1].removeprefix("http://tern.testserver")
    assert browser.post(path, {"name": "Nia", "password1": PASSWORD}).url == "/desk/"
    assert browser.get("/desk/setup/").status_code == 200
    tern = Organisation.objects.get(slug="tern")
    assert tern.sender_address == "desk@tern.testserver"
    with bound(tern.id):
        kinds = set(TrailEntry.objects.values_list("kind", flat=True))
    assert {"organisation.founded", "organisation.host_added", "invitation.sent", "membership.joined"} <= kinds


def test_a_taken_name_or_host_leaves_nothing_behind() -> None:
    add()
    for attempt in (
        lambda: add(host="other.testserver"),
        lambda: add("other"),
        lambda: add("other", "--host", "harbour.testserver", host="other.testserver"),
    ):
        with pytest.raises(CommandError):
            attempt()
    assert Organisation.objects.count() == 3
    assert Host.objects.count() == 3


@pytest.mark.parametrize(
    "words",
    [
        ("add", "no spaces", "--name", "N", "--host", "n.example", "--admin-mail", "n@n.example"),
        ("add", "n", "--name", "N", "--host", "n.example", "--admin-mail", "nobody"),
        (
            "add",
            "n",
            "--name",
            "N",
            "--host",
            "n.example",
            "--admin-mail",
            "n@n.example",
            "--time-zone",
            "Mars/Olympus",
        ),
        ("host", "add", "nobody", "n.example"),
        ("host", "add", "harbour", "n.example:8000"),
        ("add", "n", "--name", "N", "--host", "n example", "--admin-mail", "n@n.example"),
        ("add", "n", "--name", "N", "--host", "intranet", "--admin-mail", "n@n.example"),
        ("add", "n", "--name", "N", "--host", "n.example", "--admin-mail", "n@n.example", "--sender", "The desk"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match=r"\w+ \w+"):
        run(*words)
    assert Organisation.objects.count() == 2


def test_a_new_canonical_host_takes_over_the_links() -> None:
    assert "http://desk.harbour.example leads to" in run(
        "host", "add", "harbour", "desk.Harbour.example", "--canonical"
    )
    assert Host.objects.get(organisation__slug="harbour", is_canonical=True).name == "desk.harbour.example"
    assert Client(SERVER_NAME="harbour.testserver").get("/account/login/").status_code == 200
    assert Client(SERVER_NAME="desk.harbour.example").get("/account/login/").status_code == 200


def test_a_host_that_is_there_already_can_become_the_canonical_one() -> None:
    run("host", "add", "harbour", "help.harbour.example")
    with pytest.raises(CommandError, match="taken"):
        run("host", "add", "harbour", "help.harbour.example")
    with pytest.raises(CommandError, match="taken"):
        run("host", "add", "quill", "help.harbour.example", "--canonical")
    run("host", "add", "harbour", "help.harbour.example", "--canonical")
    harbour = Organisation.objects.get(slug="harbour")
    assert list(harbour.hosts.order_by("name").values_list("name", "is_canonical")) == [
        ("harbour.testserver", False),
        ("help.harbour.example", True),
    ]


def test_the_list_shows_them_all() -> None:
    assert run("list").splitlines() == [
        "harbour: Harbour, http://harbour.testserver",
        "quill: Quill, http://quill.testserver",
    ]


def test_the_app_works_as_itself_again_afterwards() -> None:
    run("list")
    from django.db import connection

    from tenancy.wall import check_role

    assert check_role(connection) == ""
