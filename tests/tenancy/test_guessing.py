"""Guessing at the door of a running server: no crowd gets past the limit, and nobody learns who is known."""

import http.client
import random
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
import uvicorn

from config import handler
from tenancy.members import Member
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Make = Callable[..., Member]
CSRF = "k" * 32
LOGIN, RESET = "/account/login/", "/account/password/reset/"


@pytest.fixture
def port(settings: Any, transactional_db: None) -> Iterator[int]:
    """Uvicorn on a free port, as in production, with limits counted from zero; gives the port."""
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.CACHES = {"default": {**settings.CACHES["default"], "KEY_PREFIX": uuid4().hex}}
    config = uvicorn.Config(handler.make(), port=0, log_level="critical", lifespan="off", proxy_headers=False)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.02)
    yield running.servers[0].sockets[0].getsockname()[1]
    running.should_exit = True
    thread.join(20)


def post(port: int, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str, float]:
    """Send a form; return status, where to or what was said, and how long it took."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    about = {
        "Host": "harbour.testserver",
        "Cookie": f"csrftoken={CSRF}",
        "X-CSRFToken": CSRF,
        "Content-Type": "application/x-www-form-urlencoded",
        **headers,
    }
    line.connect()
    begun = time.perf_counter()
    line.request("POST", path, urlencode(fields), about)
    answer = line.getresponse()
    body = answer.read().decode()
    spent = time.perf_counter() - begun
    line.close()
    return answer.status, answer.headers.get("Location") or body, spent


def outcome(answer: tuple[int, str, float]) -> str:
    status, said, _spent = answer
    if status == 200:
        return "slowed" if "Too many" in said else "wrong"
    return {302: "in", 429: "slowed", 503: "no room"}[status]


@pytest.mark.parametrize("crowd", ["one account", "one address", "one account, from behind our proxy"])
def test_two_hundred_at_once_do_not_pass_the_limit(crowd: str, port: int, member: Make, settings: Any) -> None:
    """Per account five in five minutes; per address ten a minute, whatever addresses they claim."""
    mail = member().mail
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1 if "proxy" in crowd else 0

    def one(turn: int) -> str:
        known = mail if "account" in crowd else f"person{turn}@people.example"
        fields = {"login": known, "password": f"wrong and wrong {turn}"}
        return outcome(post(port, LOGIN, fields, **{"X-Forwarded-For": f"10.0.{turn}.1"}))

    with ThreadPoolExecutor(40) as threads:
        told = Counter(threads.map(one, range(200)))
    assert told.total() == 200
    assert told["in"] == 0
    assert 1 <= told["wrong"] <= (5 if "account" in crowd else 10), told
    # And the door is shut now for whoever knows the password.
    if "account" in crowd:
        right = {"login": mail, "password": PASSWORD}
        assert outcome(post(port, LOGIN, right, **{"X-Forwarded-For": "10.9.9.9"})) == "slowed"


def unlikely_by_chance(one: list[float], other: list[float]) -> float:
    """The two-sided Mann-Whitney test: how likely such a difference is when there is none."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    rank_sum = sum(rank for rank, (_value, whose) in enumerate(ranked, 1) if whose == 0)
    count, against = len(one), len(other)
    expected = count * (count + against + 1) / 2
    spread = (count * against * (count + against + 1) / 12) ** 0.5
    return 2 * (1 - statistics.NormalDist().cdf(abs(rank_sum - expected) / spread))


def test_the_statistics_see_a_difference_and_see_none() -> None:
    chance = random.Random(7)
    same = [[chance.gauss(100, 10) for _turn in range(200)] for _group in range(2)]
    assert unlikely_by_chance(*same) > 0.01
    assert unlikely_by_chance(same[0], [value + 5 for value in same[1]]) < 0.01


@pytest.mark.parametrize("door", [LOGIN, RESET])
def test_two_hundred_known_and_unknown_addresses_are_answered_alike(
    door: str, port: int, member: Make, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    mails = [member(mail=f"known{turn}@people.example").mail for turn in range(20)]
    for _turn in range(10):
        post(port, door, {"login": "warm@people.example", "email": "warm@people.example", "password": "x"})
    told = compare(port, door, mails)
    # One time in a hundred chance alone looks like a difference; not twice in a row.
    if told[0] <= 0.01:
        told = compare(port, door, mails)
    assert told[0] > 0.01, told


def compare(port: int, door: str, mails: list[str]) -> tuple[float, str]:
    """Ask for known and unknown addresses in turn; return how likely such times are when there is no difference."""
    spent: dict[bool, list[float]] = {True: [], False: []}
    said: dict[bool, Counter[tuple[int, str]]] = {True: Counter(), False: Counter()}
    for turn in range(200):
        for known in random.sample([True, False], 2):
            mail = mails[turn % 20] if known else f"nobody{turn % 20}@people.example"
            status, words, seconds = post(port, door, {"login": mail, "email": mail, "password": "wrong and wrong"})
            said[known][status, re.sub(r'value="[^"]*"', "", words)] += 1
            spent[known].append(seconds)
    assert said[True] == said[False]
    assert len(said[True]) == 1
    known_ms, unknown_ms = (statistics.median(times) * 1000 for times in spent.values())
    return unlikely_by_chance(spent[True], spent[False]), f"known {known_ms:.2f} ms, unknown {unknown_ms:.2f} ms"
