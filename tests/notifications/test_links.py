"""Links from mails: one purpose, one organisation, some weeks."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import links

CLAIMS = {"number": 1042, "round": 2}


def test_what_is_signed_can_be_read() -> None:
    assert links.read(links.sign("confirm", CLAIMS, 7), "confirm", 7) == CLAIMS


def test_an_old_link_is_expired() -> None:
    token = links.sign("confirm", CLAIMS, 7)
    with pytest.raises(links.Expired):
        links.read(token, "confirm", 7, valid_for=timedelta(seconds=-1))


def test_another_organisation_s_link_is_foreign() -> None:
    with pytest.raises(links.Foreign):
        links.read(links.sign("confirm", CLAIMS, 7), "confirm", 8)


def test_a_link_is_good_for_one_purpose() -> None:
    with pytest.raises(links.Broken):
        links.read(links.sign("confirm", CLAIMS, 7), "reject", 7)


@given(st.integers(min_value=0), st.characters())
def test_a_changed_link_is_broken(place: int, character: str) -> None:
    token = links.sign("confirm", CLAIMS, 7)
    place %= len(token)
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(links.Broken):
            links.read(changed, "confirm", 7)


@given(st.text())
def test_a_made_up_link_is_broken(token: str) -> None:
    with pytest.raises(links.Broken):
        links.read(token, "confirm", 7)


def test_a_link_tells_nothing_of_what_it_holds() -> None:
    token = links.sign("confirm", CLAIMS, 7)
    opened = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert b"number" not in opened
    assert b"1042" not in opened
    assert len(links.sign("confirm", {}, 7)) == len(links.sign("confirm", {}, 7_000_000))


def test_a_retired_secret_still_opens_its_links(settings: Any) -> None:
    token = links.sign("confirm", CLAIMS, 7)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret" * 5, [settings.SECRET_KEY]
    assert links.read(token, "confirm", 7) == CLAIMS


def test_the_address_is_the_organisation_s_own() -> None:
    address = links.url("https://harbour.example", "confirm", CLAIMS, 7)
    base, _, token = address.removesuffix("/").rpartition("/")
    assert base == "https://harbour.example/answer/confirm"
    assert links.read(token, "confirm", 7) == CLAIMS
