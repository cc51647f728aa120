"""Tell pages that stand open that something has changed; no more than that: each asks for itself what it may see.

A word that gets lost costs nothing but time: the pages ask now and then anyway.
"""

from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import transaction
from prometheus_client import Counter
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from notifications.bell import TIMEOUT, Bell, Carry
from tenancy.wall import current_organisation_id

FAILURES = Counter("stillwater_live_failures_total", "Times that open pages could not be told of a change")
PREFIX = "stillwater:live:"

_news: SimpleQueue[tuple[int, frozenset[str]]] = SimpleQueue()


def changed(topics: frozenset[str]) -> None:
    """Tell whoever follows one of these topics of the bound organisation, once the change is committed."""
    organisation_id = current_organisation_id()

    def tell() -> None:
        _news.put((organisation_id, topics))
        bell.ring()

    transaction.on_commit(tell, robust=True)


def _connect() -> Carry:
    redis = Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),
    )

    def carry() -> None:
        with redis.pipeline(transaction=False) as line:
            for organisation_id, topics in _gathered().items():
                line.publish(f"{PREFIX}{organisation_id}", " ".join(sorted(topics)))
            line.execute()

    return carry


def _gathered() -> dict[int, set[str]]:
    """All that is to be told, each topic once."""
    found: dict[int, set[str]] = {}
    try:
        while True:
            organisation_id, topics = _news.get_nowait()
            found.setdefault(organisation_id, set()).update(topics)
    except Empty:
        return found


bell = Bell("live", _connect, FAILURES)
