"""The line to Redis: one for all threads of a process, asked once, and left alone while it is down.

A dead or frozen Redis costs the requests of that moment `PATIENCE` seconds, once. From then on nobody asks: a thread of
its own looks every `PAUSE` seconds whether Redis is back, and says once a minute that it is not.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

PATIENCE = 0.5
PAUSE = 1.0
SAID_EVERY = 60.0

T = TypeVar("T")


class Down(RedisError):
    """Redis does not answer; known without having asked."""


class Line:
    """The way to one Redis."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.pool: Any = ConnectionPool.from_url(
            address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=Retry(NoBackoff(), 0)
        )
        self.forget()

    def forget(self) -> None:
        """Start over: nothing is known about Redis."""
        self.is_down = False
        self._noticing = threading.Lock()

    def ask(self, question: Callable[["Redis"], T]) -> T:
        """Return Redis's answer; raise `Down` or another `RedisError` without one."""
        if self.is_down:
            raise Down(f"{self.address} does not answer")
        try:
            return question(Redis(connection_pool=self.pool))
        except RedisError as error:
            self._notice(error)
            raise

    def _notice(self, error: RedisError) -> None:
        with self._noticing:
            if not self.is_down:
                self.is_down = True
                threading.Thread(target=self._watch, args=[error], name="redis-watch", daemon=True).start()

    def _watch(self, error: RedisError) -> None:
        said_at = float("-inf")
        while self.is_down:
            if time.monotonic() - said_at >= SAID_EVERY:
                said_at = time.monotonic()
                log.warning("Redis does not answer. The API goes on without limits, sign-in is shut: %s", error)
            time.sleep(PAUSE)
            try:
                Redis(connection_pool=self.pool).ping()
            except RedisError as still:
                error = still
            else:
                self.is_down = False
                log.warning("Redis is back.")


@cache
def line_to(address: str) -> Line:
    """The process's line to that address."""
    line = Line(address)
    # A thread does not survive a fork, and a lock may be held in it for ever.
    os.register_at_fork(after_in_child=line.forget)
    return line
