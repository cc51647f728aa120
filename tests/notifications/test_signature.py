"""Webhooks are signed as the Standard Webhooks specification says, and what was bent is not believed."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.signature import BadSecret, BadSignature, new_secret, sign, verify

# The vector that the reference libraries are tested with.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}


def test_the_specifications_vector() -> None:
    assert sign(BODY, message_id=ID, at=AT, secrets=[SECRET]) == HEADERS
    assert verify(BODY, HEADERS, now=AT, secrets=[SECRET]) == ID
    assert verify(BODY, HEADERS, now=AT, secrets=[SECRET.removeprefix("whsec_")]) == ID


@given(body=st.binary(max_size=300), name=st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_whatever_was_signed_is_believed(body: bytes, name: str) -> None:
    secret = new_secret()
    headers = sign(body, message_id=name, at=AT, secrets=[secret])
    assert verify(body, headers, now=AT, secrets=[secret]) == name
    with pytest.raises(BadSignature):
        verify(body + b" ", headers, now=AT, secrets=[secret])


def test_a_secret_is_changed_without_a_gap() -> None:
    old, new, third = SECRET, new_secret(), new_secret()
    both = sign(BODY, message_id=ID, at=AT, secrets=[new, old])
    assert both["webhook-signature"].endswith(f" {SIGNATURE}")
    for known in ([old], [new], [third, old]):
        assert verify(BODY, both, now=AT, secrets=known) == ID
    with pytest.raises(BadSignature):
        verify(BODY, both, now=AT, secrets=[third])


@pytest.mark.parametrize(
    "bent",
    [
        {"webhook-id": "msg_another"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1614265330.0"},
        {"webhook-timestamp": "-1614265330"},
        {"webhook-timestamp": "١٦١٤٢٦٥٣٣٠"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": SIGNATURE.replace("v1", "v2")},
        {"webhook-signature": SIGNATURE.lower()},
        {"webhook-signature": SIGNATURE[:-1]},
        {"webhook-signature": "v1,ü" + SIGNATURE[4:]},
    ],
    ids=str,
)
def test_what_was_bent_is_not_believed(bent: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(BODY, HEADERS | bent, now=AT, secrets=[SECRET])


@pytest.mark.parametrize("body", [b"", b'{"test":2432232314}', BODY + b"\n", BODY.decode().encode("utf-16")])
def test_the_bytes_count_not_what_they_mean(body: bytes) -> None:
    with pytest.raises(BadSignature):
        verify(body, HEADERS, now=AT, secrets=[SECRET])


@pytest.mark.parametrize(("seconds", "is_good"), [(0, True), (300, True), (-300, True), (301, False), (-301, False)])
def test_it_is_good_for_five_minutes(seconds: int, is_good: bool) -> None:
    now = AT + timedelta(seconds=seconds)
    if is_good:
        assert verify(BODY, HEADERS, now=now, secrets=[SECRET]) == ID
        return
    with pytest.raises(BadSignature):
        verify(BODY, HEADERS, now=now, secrets=[SECRET])


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_%%%", f"whsec_{base64.b64encode(bytes(8)).decode()}", "whsec_" + "A" * 400]
)
def test_a_secret_that_is_none_signs_nothing(secret: str) -> None:
    with pytest.raises(BadSecret):
        sign(BODY, message_id=ID, at=AT, secrets=[secret])


def test_an_id_can_not_reach_into_the_timestamp() -> None:
    with pytest.raises(ValueError, match="full stop"):
        sign(BODY, message_id="msg.1", at=AT, secrets=[SECRET])
    with pytest.raises(ValueError, match="needs a secret"):
        sign(BODY, message_id=ID, at=AT, secrets=[])
