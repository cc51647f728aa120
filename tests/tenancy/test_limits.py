"""How often the API may be asked: counted in one step for all processes, told in headers, and never in the way."""

import os
import re
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tenancy import bearer, line
from tenancy.api import limits
from tenancy.line import Down, line_to
from tenancy.members import Member
from tenancy.models import Organisation
from tests.factories import PASSWORD
from tests.notifications.conftest import Broker, broker
from tests.tenancy.test_tokens import ask, refused, token_of

__all__ = ["broker"]
Make = Callable[..., Member]


@pytest.fixture
def limited(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    """Five requests a minute for members and three for others, from zero."""
    settings.ROOT_URLCONF = "tests.tenancy.api"
    settings.API_REQUESTS_PER_MINUTE, settings.API_ANONYMOUS_REQUESTS_PER_MINUTE = 5, 3
    run, counted = uuid4().hex, limits.key
    monkeypatch.setattr(limits, "key", lambda name, *rest: f"{run}:{counted(name, *rest)}")


def test_so_many_and_no_more(limited: None, member: Make) -> None:
    secret = token_of(member("agent"))
    answers = [ask(secret) for _turn in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"token";q=5;w=60'}
    left = [re.fullmatch(r'"token";r=(\d);t=(\d\d?)', answer.headers["RateLimit"]) for answer in answers]
    assert [int(one[1]) for one in left if one] == [4, 3, 2, 1, 0, 0, 0]
    last = left[-1]
    assert last
    assert answers[-1].headers["Retry-After"] == last[2]
    assert 50 <= int(last[2]) <= 60


def test_everybody_has_their_own(
    limited: None, member: Make, client_of: Callable[[Member], Client], quill: Organisation
) -> None:
    ada, far = member("agent"), member("agent", organisation=quill)
    first, second, third = token_of(ada), token_of(ada), token_of(far)
    for _turn in range(6):
        ask(first)
    assert ask(first).status_code == 429
    assert ask(second).status_code == 200
    assert ask(third, host="quill").status_code == 200
    assert client_of(ada).get("/api/test/").headers["RateLimit-Policy"].startswith('"session"')


def test_whoever_guesses_is_slowed_by_address(limited: None, harbour: Organisation) -> None:
    answers = [ask(bearer.make(), HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}") for turn in range(5)]
    assert [refused(answer) for answer in answers] == [True] * 3 + [False] * 2
    assert answers[-1].status_code == 429
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=3;w=60'
    assert ask(bearer.make(), REMOTE_ADDR="192.0.2.7").status_code == 401


def test_addresses_that_are_none_count_too(limited: None, member: Make, harbour: Organisation) -> None:
    browser = Client(SERVER_NAME="harbour.testserver")
    told = [browser.get(f"/api/v1/nothing/{turn}").status_code for turn in range(4)]
    assert told == [404] * 3 + [429]
    token = {"Authorization": f"Bearer {token_of(member('agent'))}"}
    answer = browser.get("/api/v1/incidents/INC-0/", headers=token)
    assert (answer.status_code, answer.headers["RateLimit"][:11]) == (404, '"token";r=4')


@pytest.mark.parametrize("page", ["schema", "docs"])
def test_the_description_is_counted(page: str, limited: None, harbour: Organisation) -> None:
    browser = Client(SERVER_NAME="harbour.testserver")
    answers = [browser.get(f"/api/v1/{page}/") for _turn in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert answers[0].headers["RateLimit"].startswith('"address";r=2')


def test_proxies_are_believed_as_far_as_they_are_ours(limited: None, settings: Any, harbour: Organisation) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    told = [ask("", HTTP_X_FORWARDED_FOR=f"10.9.9.9, 10.0.0.{turn}").status_code for turn in range(5)]
    assert told == [401] * 5
    rotated = [ask("", HTTP_X_FORWARDED_FOR=f"10.0.0.{turn}, 192.0.2.1").status_code for turn in range(5)]
    assert rotated == [401] * 3 + [429] * 2


def test_an_ipv6_customer_has_one_address(limited: None, harbour: Organisation) -> None:
    told = [ask("", REMOTE_ADDR=f"2001:db8::{turn}").status_code for turn in range(5)]
    assert told == [401] * 3 + [429] * 2


def test_the_minute_ends_by_itself(limited: None, member: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WINDOW", 1)
    secret = token_of(member("agent"))
    assert [ask(secret).status_code for _turn in range(6)][-1] == 429
    time.sleep(1.1)
    assert ask(secret).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted(limited: None, settings: Any, member: Make) -> None:
    settings.API_REQUESTS_PER_MINUTE = 20
    secret = token_of(member("agent"))

    def one(_turn: int) -> int:
        try:
            return int(ask(secret).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert Counter(threads.map(one, range(60))) == {200: 20, 429: 40}


# --- without Redis
def took(what: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    answer = what()
    return time.perf_counter() - begun, answer


@pytest.mark.parametrize("how", ["frozen", "gone"])
def test_without_redis_the_api_goes_on_and_nobody_waits(
    how: str, limited: None, broker: Broker, settings: Any, member: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "PAUSE", 0.1)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.CELERY_BROKER_URL}}
    settings.ACCOUNT_RATE_LIMITS = {}
    ada = member("agent")
    secret = token_of(ada)

    def sign_in() -> Any:
        browser = Client(SERVER_NAME="harbour.testserver")
        return browser.post("/account/login/", {"login": ada.mail, "password": PASSWORD})

    usual = statistics.median(took(lambda: ask(secret))[0] for _turn in range(4))
    assert sign_in().status_code == 302
    os.kill(broker.process.pid, signal.SIGSTOP if how == "frozen" else signal.SIGKILL)
    first, answer = took(lambda: ask(secret))
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers
    assert first < usual + line.PATIENCE + 0.3
    asked = [took(lambda: ask(secret)) for _turn in range(9)]
    refused_in = [took(sign_in) for _turn in range(9)]
    assert {answer.status_code for _spent, answer in asked} == {200}
    assert {answer.status_code for _spent, answer in refused_in} == {429}
    for spent in (asked, refused_in):
        assert statistics.median(seconds for seconds, _answer in spent) < usual + 0.1
    if how == "frozen":
        os.kill(broker.process.pid, signal.SIGCONT)
        time.sleep(1)
        assert sign_in().status_code == 302
        assert "RateLimit" in ask(secret).headers


def test_it_is_said_once_a_minute(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(line, "PAUSE", 0.02)
    nowhere = line.Line("redis://127.0.0.1:9/0")
    for _turn in range(20):
        with pytest.raises(Exception, match=r"127\.0\.0\.1:9"):
            nowhere.ask(lambda redis: redis.ping())
        time.sleep(0.02)
    assert len([one for one in caplog.records if "Redis does not answer" in one.message]) == 1
    nowhere.forget()


def test_a_line_that_is_down_is_not_asked() -> None:
    gone = line.Line("redis://127.0.0.1:9/0")
    gone.is_down = True
    with pytest.raises(Down):
        gone.ask(lambda redis: pytest.fail("asked"))


def test_the_cache_is_no_way_around_the_line(harbour: Organisation) -> None:
    with pytest.raises(NotImplementedError):
        cache._cache.get_client()
    assert line_to("redis://127.0.0.1:9/1") is line_to("redis://127.0.0.1:9/1")
