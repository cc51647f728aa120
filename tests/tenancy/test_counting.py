"""Guessing passwords is slow: attempts are counted for all processes together, and refused when they can't be."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tenancy.counters import key
from tenancy.members import Member
from tenancy.models import Organisation
from tenancy.wall import Unbound, bound
from tests.factories import PASSWORD


@pytest.fixture
def counted(settings: Any, db: None) -> None:
    """Limits as in production, from zero."""
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}


def attempt(mail: str, word: str = "wrong and wrong", host: str = "harbour", **headers: str) -> str:
    browser = Client(SERVER_NAME=f"{host}.testserver")
    answer = browser.post("/account/login/", {"login": mail, "password": word}, **headers)
    if answer.status_code == 302:
        return "in"
    return "slowed" if answer.status_code == 429 or b"Too many" in answer.content else "wrong"


def test_five_wrong_passwords_are_enough(counted: None, member: Callable[..., Member]) -> None:
    ada = member()
    told = [attempt(ada.mail) for _turn in range(7)]
    assert told == ["wrong"] * 5 + ["slowed"] * 2
    assert attempt(ada.mail, PASSWORD) == "slowed"


def test_one_organisations_attempts_are_not_the_others(counted: None, member: Callable[..., Member]) -> None:
    ada = member()
    for _turn in range(12):
        attempt(ada.mail)
    assert attempt(ada.mail, host="quill") == "wrong"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_from_many_claimed_addresses_are_still_counted(
    counted: None, member: Callable[..., Member]
) -> None:
    mail = member().mail

    def one(turn: int) -> str:
        try:
            return attempt(mail, HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        told = Counter(threads.map(one, range(40)))
    assert told["wrong"] <= 5
    assert told["slowed"] == 40 - told["wrong"]


def test_without_redis_the_door_is_shut_and_the_pages_are_read(
    counted: None, settings: Any, member: Callable[..., Member], client_of: Callable[[Member], Client]
) -> None:
    ada = member()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:9/0"}}
    assert attempt(ada.mail, PASSWORD) == "slowed"
    assert client_of(ada).get("/").status_code == 200


def test_nothing_is_counted_for_nobody(db: None) -> None:
    with pytest.raises(Unbound):
        cache.get("attempts")


def test_keys_tell_organisations_apart(harbour: Organisation, quill: Organisation) -> None:
    keys = set()
    for organisation in (harbour, quill):
        with bound(organisation.id):
            keys.add(key("attempts", "", 1))
    assert len(keys) == 2
