"""The counters that slow down whoever tries passwords: in Redis, one set for all processes, apart per organisation.

allauth counts through Django's cache, under a lock that it takes by ``add``. Without Redis nothing can be added, so it
can't take the lock and refuses: the door stays shut, and everything that only reads goes on.
"""

import json
import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from tenancy.wall import current_organisation_id

log = logging.getLogger(__name__)


def key(name: str, prefix: str, version: int) -> str:
    """Keep organisations apart; raise where none is bound."""
    return f"{current_organisation_id()}:{prefix}:{version}:{name}"


class Json:
    """Plain values only: what comes back from Redis is never run."""

    def dumps(self, value: Any) -> Any:
        """Leave whole numbers as they are: Redis can add to them."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        """Read what `dumps` wrote."""
        return json.loads(data)


class _Client(RedisCacheClient):
    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        try:
            return bool(super().add(key, value, timeout))
        except RedisError as error:
            log.warning("Redis can't count attempts, so they are refused: %s", error)
            return False

    def get(self, key: Any, default: Any) -> Any:
        try:
            return super().get(key, default)
        except RedisError:
            return default

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        try:
            super().set(key, value, timeout)
        except RedisError as error:
            log.warning("Redis can't count attempts: %s", error)

    def delete(self, key: Any) -> bool:
        try:
            return bool(super().delete(key))
        except RedisError:
            return False

    def clear(self) -> bool:
        raise NotImplementedError("The broker lives in the same Redis: nothing here empties it.")


class Counters(RedisCache):
    """Django's cache in Redis, for which a dead Redis is an empty one that takes nothing."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
