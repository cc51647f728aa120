"""Sign-in: one organisation at a time, by mail address, password and second factor; nothing is given away."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa import app_settings
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from notifications.models import OutboxMessage
from tenancy.members import Member
from tenancy.middleware import SESSION_KEY
from tenancy.models import Membership, Organisation, Person
from tenancy.wall import bound
from tests.factories import PASSWORD, known

Make = Callable[..., Member]
SignIn = Callable[[Member], Client]


def sign_in(browser: Client, mail: str, password: str = PASSWORD) -> Any:
    return browser.post("/account/login/", {"login": mail, "password": password})


def person_of(member: Member) -> Person:
    return Person.objects.get(email=member.mail)


def signed_in(browser: Client) -> bool:
    return browser.get("/branding.css").wsgi_request.member is not None


def test_a_session_is_new_and_belongs_to_the_organisation(
    harbour: Organisation, member: Make, stranger: Client
) -> None:
    ada = member()
    session = stranger.session
    session["seen"] = True
    session.save()
    fixed = session.session_key
    assert sign_in(stranger, ada.mail.upper()).url == "/"
    assert stranger.session.session_key != fixed
    assert stranger.session[SESSION_KEY] == harbour.id
    assert signed_in(stranger)


def test_signing_up_is_closed(stranger: Client) -> None:
    typed = {"email": "nia@people.example", "password1": PASSWORD}
    assert "signup" not in stranger.post("/account/signup/", typed).headers.get("Location", "")
    assert not Person.objects.exists()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(member: Make, stranger: Client) -> None:
    ada = member()
    answers = [sign_in(stranger, mail, "wrong and wrong") for mail in (ada.mail, "nobody@people.example")]
    pages = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert pages[0] == pages[1]
    assert not signed_in(stranger)


def test_an_unproved_address_does_not_sign_in(member: Make, stranger: Client) -> None:
    ada = member()
    EmailAddress.objects.update(verified=False)
    assert sign_in(stranger, ada.mail).url == "/account/confirm-email/"
    assert not signed_in(stranger)


def code_for(secret: str) -> str:
    """The code of now; one that is about to end would be refused on its way."""
    left = app_settings.TOTP_PERIOD - time.time() % app_settings.TOTP_PERIOD
    if left < 5:
        time.sleep(left)
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def test_the_second_factor_is_asked_for(member: Make, stranger: Client) -> None:
    ada = member()
    secret = generate_totp_secret()
    TOTP.activate(person_of(ada), secret)
    assert sign_in(stranger, ada.mail).url == "/account/2fa/authenticate/"
    assert not signed_in(stranger)
    stranger.post("/account/2fa/authenticate/", {"code": "000000"})
    assert not signed_in(stranger)
    stranger.post("/account/2fa/authenticate/", {"code": code_for(secret)})
    assert signed_in(stranger)


def test_a_recovery_code_opens_once(member: Make, stranger: Client, harbour: Organisation) -> None:
    ada = member()
    TOTP.activate(person_of(ada), generate_totp_secret())
    code = RecoveryCodes.activate(person_of(ada)).get_unused_codes()[0]
    again = Client(SERVER_NAME="harbour.testserver")
    for browser in (stranger, again):
        sign_in(browser, ada.mail)
        browser.post("/account/2fa/authenticate/", {"code": code})
    assert [signed_in(stranger), signed_in(again)] == [True, False]


@pytest.mark.parametrize("how", ["left", "deactivated", "new password"])
def test_who_is_out_is_out_at_the_next_request(
    how: str, harbour: Organisation, member: Make, client_of: SignIn
) -> None:
    ada = member("administrator")
    browser = client_of(ada)
    assert browser.get("/desk/setup/").status_code == 200
    person = person_of(ada)
    if how == "left":
        with bound(harbour.id):
            Membership.objects.filter(pk=ada.id).update(state=Membership.State.LEFT)
    elif how == "deactivated":
        Person.objects.filter(pk=person.pk).update(is_active=False)
    else:
        person.set_password("another long secret")
        person.save()
    assert browser.get("/desk/setup/").status_code in {302, 404}
    assert not signed_in(browser)


def link_in_the_mail(organisation: Organisation, path: str) -> str:
    with bound(organisation.id):
        message = OutboxMessage.objects.latest("id")
    assert (message.kind, message.forget) == ("account_message", True)
    found = re.search(rf"http://[^/]+(/account/{path}/\S+)", message.facts["body"])
    assert found
    return found[1]


def reset_link(organisation: Organisation, browser: Client, mail: str) -> str:
    browser.post("/account/password/reset/", {"email": mail})
    return link_in_the_mail(organisation, "password/reset/key")


def test_an_address_is_proved_by_its_link(harbour: Organisation, member: Make, stranger: Client) -> None:
    ada = member()
    EmailAddress.objects.update(verified=False)
    sign_in(stranger, ada.mail)
    link = link_in_the_mail(harbour, "confirm-email")
    code, _colon, proof = link.rstrip("/").rpartition("/")[2].partition(":")
    for wrong in (f"{code[:-1]}{'1' if code[-1] == '0' else '0'}:{proof}", f"{code}:x{proof}", "made-up", f":{proof}"):
        page = stranger.get(f"/account/confirm-email/{wrong}/")
        assert "This link does not work any more" in page.content.decode()
        assert stranger.post(f"/account/confirm-email/{wrong}/").status_code == 404
    assert not EmailAddress.objects.filter(verified=True).exists()
    assert f'action="{link}"' in stranger.get(link).content.decode()
    stranger.post(link)
    assert EmailAddress.objects.get(email=ada.mail).verified


def test_a_link_is_good_after_the_secret_key_has_changed(
    harbour: Organisation, member: Make, stranger: Client, settings: Any
) -> None:
    link = reset_link(harbour, stranger, member().mail)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "x" * 50, [settings.SECRET_KEY]
    assert "Save the password" in stranger.get(link, follow=True).content.decode()


def set_password(browser: Client, link: str, password: str) -> None:
    page = browser.get(link, follow=True)
    browser.post(page.wsgi_request.path, {"password1": password, "password2": password})


def test_a_forgotten_password_is_set_anew_once(harbour: Organisation, member: Make, stranger: Client) -> None:
    ada = member()
    link = reset_link(harbour, stranger, ada.mail)
    set_password(stranger, link, "a quite new secret")
    assert sign_in(Client(SERVER_NAME="harbour.testserver"), ada.mail, "a quite new secret").url == "/"
    set_password(Client(SERVER_NAME="harbour.testserver"), link, "a second new secret")
    assert person_of(ada).check_password("a quite new secret")


def test_a_reset_begun_here_is_of_no_use_there(harbour: Organisation, member: Make, stranger: Client) -> None:
    ada = member()
    link = reset_link(harbour, stranger, ada.mail)
    set_password(Client(SERVER_NAME="quill.testserver"), link, "a quite new secret")
    assert person_of(ada).check_password(PASSWORD)


def test_asking_for_a_reset_gives_nothing_away(harbour: Organisation, member: Make, stranger: Client) -> None:
    ada = member()
    answers = []
    for mail in (ada.mail, "nobody@people.example"):
        first = stranger.post("/account/password/reset/", {"email": mail})
        answers.append((first.status_code, first.url, stranger.get(first.url).content))
    assert answers[0] == answers[1]
    with bound(harbour.id):
        known, unknown = OutboxMessage.objects.order_by("id")
    assert "sign up" not in unknown.facts["body"]
    assert known.address == ada.mail


def test_administrators_cannot_touch_a_login(harbour: Organisation, member: Make, client_of: SignIn) -> None:
    admin, ben = member("administrator"), member()
    typed = {
        "name": "Ben",
        "mail": "mine@people.example",
        "person": "1",
        "password": "x",
        "email": "mine@people.example",
    }
    rows = {"grants_held-TOTAL_FORMS": "0", "grants_held-INITIAL_FORMS": "0"}
    browser = client_of(admin)
    assert browser.post(f"/desk/tenancy/membership/{known(ben)}/change/", {**typed, **rows}).status_code == 302
    person = Person.objects.get(email=ben.mail)
    assert person.check_password(PASSWORD)
    with bound(harbour.id):
        assert Membership.objects.get(pk=ben.id).person_id == person.pk
    for model in ("person", "emailaddress", "authenticator", "host", "session", "logentry"):
        assert browser.get(f"/desk/tenancy/{model}/").status_code == 404


def test_known_and_unknown_addresses_take_as_long(member: Make, stranger: Client, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ada = member()
    spent = {}
    for mail in (ada.mail, "nobody@people.example") * 3:
        begun = time.perf_counter()
        sign_in(stranger, mail, "wrong and wrong")
        spent.setdefault(mail, []).append(time.perf_counter() - begun)
    known, unknown = (min(times) for times in spent.values())
    assert 0.5 < known / unknown < 2
