"""Sessions: another cookie whenever one may more than before, and an end to all of them when one wants."""

from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.test import Client

from tenancy import clock
from tenancy.actions import tidying
from tenancy.actions.invitations import issue
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.roles import Role
from tenancy.wall import bound
from tests.factories import PASSWORD
from tests.tenancy.test_signing_in import code_for, person_of, sign_in, signed_in

Make = Callable[..., Member]
NEW = "a quite new secret"


def visitor(host: str = "harbour", **about: str) -> Client:
    return Client(SERVER_NAME=f"{host}.testserver", **about)


def cookie(browser: Client) -> str:
    return browser.cookies["sessionid"].value


def fixed(browser: Client) -> str:
    """A session that is there before anybody has signed in, as somebody else may have planted it."""
    session = browser.session
    session["seen"] = True
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    return str(session.session_key)


@pytest.mark.parametrize("steps", [1, 2])
def test_the_cookie_is_another_one_after_signing_in(steps: int, member: Make) -> None:
    ada, browser, thief = member(), visitor(), visitor()
    before = fixed(browser)
    if steps == 2:
        TOTP.activate(person_of(ada), secret := generate_totp_secret())
    sign_in(browser, ada.mail)
    if steps == 2:
        between = cookie(browser)
        browser.post("/account/2fa/authenticate/", {"code": code_for(secret)})
        assert cookie(browser) != between
    assert signed_in(browser)
    assert cookie(browser) != before
    thief.cookies["sessionid"] = before
    assert not signed_in(thief)


def test_the_cookie_is_another_one_with_another_password(member: Make) -> None:
    ada, browser = member(), visitor()
    sign_in(browser, ada.mail)
    before = cookie(browser)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert browser.post("/account/password/change/", typed).status_code == 302
    assert signed_in(browser)
    assert cookie(browser) != before


def test_the_cookie_is_another_one_after_joining(member: Make, quill: Organisation) -> None:
    """Whoever joins a second organisation may more than before."""
    ada, browser = member(), visitor("quill")
    sign_in(browser, ada.mail)
    before = cookie(browser)
    with bound(quill.id):
        roles = frozenset({(Role.AGENT, None)})
        issued = issue(None, mail=ada.mail, name="Ada", roles=roles, at=clock.now())
    assert browser.post(issued.path).status_code == 302
    assert signed_in(browser)
    assert cookie(browser) != before
    assert cookie(browser) in UserSession.objects.values_list("session_key", flat=True)


def test_one_sees_where_one_is_signed_in_and_ends_it_everywhere_else(member: Make, quill: Organisation) -> None:
    ada, ben = member(), member()
    desk, phone, far = (
        visitor(HTTP_USER_AGENT="Desk 1", REMOTE_ADDR="192.0.2.1"),
        visitor(HTTP_USER_AGENT="Phone <2>", REMOTE_ADDR="192.0.2.2"),
        visitor("quill", HTTP_USER_AGENT="Far 3"),
    )
    others = visitor(HTTP_USER_AGENT="Laptop 4")
    for browser in (desk, phone, far):
        sign_in(browser, ada.mail)
    sign_in(others, ben.mail)
    page = desk.get("/account/sessions/")
    for words in ("Desk 1", "192.0.2.1", "Phone &lt;2&gt;", "192.0.2.2", "Far 3"):
        assert words in page.text
    assert "Laptop 4" not in page.text
    assert desk.post("/account/sessions/").status_code == 302
    assert [signed_in(browser) for browser in (desk, phone, others)] == [True, False, True]
    assert far.get("/organisations/").status_code == 302
    assert "Phone" not in desk.get("/account/sessions/").text


def test_a_new_password_ends_all_other_sessions(member: Make) -> None:
    ada, here, there = member(), visitor(), visitor()
    for browser in (here, there):
        sign_in(browser, ada.mail)
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert [signed_in(here), signed_in(there)] == [True, False]


def test_where_one_was_is_forgotten_with_the_session(member: Make) -> None:
    ada, here, there = member(), visitor(), visitor()
    for browser in (here, there):
        sign_in(browser, ada.mail)
    there.session.flush()
    tidying.forget_sessions(at=clock.now())
    assert list(UserSession.objects.values_list("session_key", flat=True)) == [cookie(here)]
