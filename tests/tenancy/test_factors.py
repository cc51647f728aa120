"""The secrets of second factors are of no use to whoever reads a dump; keys can be changed."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from tenancy.lockbox import Unreadable, lock, unlock
from tenancy.members import Member
from tests.tenancy.test_signing_in import code_for, person_of, sign_in, signed_in

Make = Callable[..., Member]


def enrol(member: Member) -> tuple[str, list[str]]:
    """Give the member an app and recovery codes; return what these hold."""
    TOTP.activate(person_of(member), secret := generate_totp_secret())
    return secret, RecoveryCodes.activate(person_of(member)).get_unused_codes()


def enter(mail: str, code: str) -> bool:
    browser = Client(SERVER_NAME="harbour.testserver")
    sign_in(browser, mail)
    browser.post("/account/2fa/authenticate/", {"code": code})
    return signed_in(browser)


def test_what_is_kept_tells_nothing_and_still_opens(member: Make) -> None:
    ada = member()
    secret, codes = enrol(ada)
    held = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in held
    assert held.count("gAAAA") == 2
    assert enter(ada.mail, code_for(secret))
    assert enter(ada.mail, codes[0])


def test_another_purposes_lock_does_not_open() -> None:
    with pytest.raises(Unreadable):
        unlock(lock("x", purpose="one"), purpose="other")
    with pytest.raises(Unreadable):
        unlock("never locked", purpose="one")


def test_a_retired_key_opens_until_all_is_locked_anew(member: Make, settings: Any) -> None:
    ada = member()
    secret, _codes = enrol(ada)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key, as long and as random as they come, 0123456789"
    assert enter(ada.mail, code_for(secret))
    call_command("lock_factors")
    settings.SECRET_KEY_FALLBACKS = []
    assert unlock(Authenticator.objects.get(type="totp").data["secret"], purpose="second factor") == secret


def test_a_lost_key_lets_nobody_in(member: Make, settings: Any) -> None:
    ada = member()
    secret, codes = enrol(ada)
    settings.SECRET_KEY = "a new key, as long and as random as they come, 0123456789"
    for code in (code_for(secret), code_for("A" * 32), codes[0]):
        assert not enter(ada.mail, code)
    with pytest.raises(CommandError):
        call_command("lock_factors")


def test_a_secret_in_clear_opens_nothing_until_the_migration_has_locked_it(member: Make) -> None:
    ada = member()
    secret, _codes = enrol(ada)
    Authenticator.objects.filter(type="totp").update(data={"secret": secret})
    assert not enter(ada.mail, code_for(secret))
    import_module("tenancy.migrations.0007_locked_factors").lock(apps, None)
    assert secret not in str(Authenticator.objects.get(type="totp").data)
    assert enter(ada.mail, code_for(secret))
