"""An administrator invites somebody by mail; they join, add a second step to their sign-in, and need it ever after."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import Town
from tests.journeys.house import link_in
from tests.journeys.visitor import Arrive, Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NIA = "nia.vale@new.example"


def test_invited_joined_and_safe(arrive: Arrive, town: Town) -> None:
    invite(arrive(), town)
    nia = arrive()
    join(nia, town)
    secret = add_a_second_step(nia)
    sign_out(nia)
    sign_in_with_both(nia, secret)
    use_the_link_again(arrive(), town)


def invite(chloe: Visitor, town: Town) -> None:
    chloe.sign_in(town.administrator.mail, "/desk/setup/")
    chloe.picture("setup")
    chloe.page.get_by_role("link", name="Add to Invitations").click()
    chloe.fill("E-mail", NIA)
    chloe.fill("Name", "Nia Vale")
    chloe.page.get_by_label("Agent", exact=True).check()
    chloe.picture("invite")
    chloe.page.get_by_role("button", name="Save", exact=True).click()
    chloe.sees(NIA)


def join(nia: Visitor, town: Town) -> None:
    letter = town.house.post.next(NIA, "Harbour")
    nia.go(link_in(letter, "join"))
    nia.sees("Welcome to Harbour", "Chloe Winter invited you as", NIA, "Agent")
    nia.picture("join")
    nia.fill("Choose a password", "short")
    nia.press("Accept the invitation")
    nia.sees("too short")
    nia.fill("Choose a password", PASSWORD)
    nia.press("Accept the invitation")
    nia.sees("Welcome to Harbour!", "Incidents")
    expect(nia.page).to_have_url(re.compile("/desk/"))


def add_a_second_step(nia: Visitor) -> str:
    """Set up two-step sign-in; return the secret, as an authenticator app reads it."""
    nia.page.locator("details.menu summary").click()
    nia.page.get_by_role("link", name="Two-step sign-in").click()
    nia.picture("two-step")
    nia.page.locator("a[href='/account/2fa/totp/activate/']").click()
    confirm_password(nia)
    secret = nia.page.locator("#authenticator_secret").input_value()
    nia.picture("two-step-setup")
    give_code(nia, "000000")
    nia.sees("Incorrect code")
    give_code(nia, code_of(secret))
    expect(nia.page).not_to_have_url(re.compile("/activate/"))
    nia.go("/account/2fa/")
    nia.picture("two-step-done")
    expect(nia.page.locator("a[href='/account/2fa/totp/deactivate/']")).to_be_visible()
    return secret


def confirm_password(nia: Visitor) -> None:
    """Asked only where the sign-in is not fresh any more."""
    field = nia.page.locator("main [name=password]")
    if field.count():
        field.fill(PASSWORD)
        field.press("Enter")


def give_code(nia: Visitor, code: str) -> None:
    nia.page.locator("[name=code]").fill(code)
    nia.page.keyboard.press("Enter")


def code_of(secret: str) -> str:
    """What the app shows now; near the end of its half minute, what it shows next."""
    if time.time() % totp.app_settings.TOTP_PERIOD > totp.app_settings.TOTP_PERIOD - 5:
        time.sleep(5)
    (counter,) = {*totp.yield_hotp_counters_from_time()} if totp.app_settings.TOTP_TOLERANCE == 0 else {_now()}
    return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))


def _now() -> int:
    return int(time.time()) // int(totp.app_settings.TOTP_PERIOD)


def sign_out(nia: Visitor) -> None:
    nia.go("/")
    nia.page.locator("details.menu summary").click()
    nia.page.get_by_role("button", name="Sign out").click()
    nia.sees("Sign in")


def sign_in_with_both(nia: Visitor, secret: str) -> None:
    """The password alone opens nothing."""
    nia.go("/account/login/?next=/desk/incidents/")
    nia.page.locator("[name=login]").fill(NIA)
    nia.page.locator("[name=password]").fill(PASSWORD)
    nia.page.keyboard.press("Enter")
    expect(nia.page.locator("[name=code]")).to_be_visible()
    nia.picture("two-step-asked")
    inside = nia.context.new_page()
    inside.goto(nia.house.address("harbour", "/desk/incidents/"))
    expect(inside).to_have_url(re.compile("/account/"))
    inside.close()
    give_code(nia, "000000")
    nia.sees("Incorrect code")
    give_code(nia, code_of(secret))
    expect(nia.page).to_have_url(nia.house.address("harbour", "/desk/incidents/"))
    nia.sees("Incidents", "Nia Vale")


def use_the_link_again(visitor: Visitor, town: Town) -> None:
    letter = town.house.post.next(NIA, "Harbour")
    assert visitor.go(link_in(letter, "join")) == 410
    visitor.sees("This invitation was accepted already")
    there = link_in(letter, "join").replace("harbour.localhost", "quill.localhost")
    assert visitor.go(there) == 404
    visitor.sees("This invitation does not work here")
