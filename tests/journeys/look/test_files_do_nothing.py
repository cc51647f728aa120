"""Files that pretend, hide or want to run: downloads with a plain name, and dead wherever a page puts them."""

from email.message import EmailMessage

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Error

from incidents import actions
from problems import actions as problem_actions
from tenancy.files import HARMLESS, UNKNOWN
from tenancy.wall import bound
from tests.architecture.guards import unguarded_headers
from tests.architecture.nasty_files import nasty_files
from tests.journeys.look.street import Street

pytestmark = [pytest.mark.journey, pytest.mark.slow]
EMBED = """async addresses => {
    const made = (name, facts) => new Promise(done => {
        const one = Object.assign(document.createElement(name), facts);
        one.onload = one.onerror = done;
        document.body.append(one);
        setTimeout(done, 1500);
    });
    await Promise.all(addresses.flatMap(one => [
        made("script", { src: one }), made("script", { src: one, type: "module" }), made("iframe", { src: one }),
        made("object", { data: one }), made("embed", { src: one }), made("link", { rel: "stylesheet", href: one }),
        navigator.serviceWorker?.register(one).then(() => { window.ran = "worker" }, () => 0),
    ]));
    return window.ran;
}"""


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_a_file_does_nothing(street: Street, who: str) -> None:
    """Of an incident, and of a problem."""
    owner = street.walker(who)
    addresses = [kept(street, who, name, content) for name, content in nasty_files()]
    assert len(addresses) >= 40
    owner.go("/report/")
    for address in addresses:
        headers = owner.page.evaluate("async one => Object.fromEntries((await fetch(one)).headers)", address)
        told = EmailMessage()
        told["Content-Disposition"] = headers["content-disposition"]
        assert unguarded_headers(headers) == []
        assert told.get_content_disposition() == "attachment"
        assert not set(str(told.get_filename())) & set("/\\\r\n\0\u202e")
        assert headers["content-type"].partition(";")[0] in HARMLESS | {UNKNOWN}
    for address in addresses:  # opened in the tab itself, each is a download
        with pytest.raises(Error, match="Download is starting"), owner.page.expect_download():
            owner.page.goto(owner.house.address("harbour", address))
    owner.complaints()
    assert owner.page.evaluate(EMBED, addresses) is None
    assert not [told for told in owner.complaints() if told.startswith(("dialog", "asks a stranger"))]


def kept(street: Street, who: str, name: str, content: bytes) -> str:
    """Where they find what they have uploaded."""
    member = street.world.harbour.members[who]
    upload = SimpleUploadedFile("x", content)
    upload._name = name  # Django cleans what comes by a form; this is how it would come past that
    with bound(member.organisation_id):
        if who == "owner":
            return f"/files/{actions.keep(member, uploads=[upload])[0].uuid}/"
        return f"/desk/problems/files/{problem_actions.keep(member, uploads=[upload])[0].uuid}/"
