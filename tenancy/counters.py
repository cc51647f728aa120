"""The counters that slow down whoever tries passwords: in Redis, one set for all processes, apart per organisation.

allauth counts through Django's cache: it takes a lock by ``add``, reads when the last attempts were, and writes the new
one to them. What can't be read is taken for a full count, so without Redis the door stays shut, and everything that
only reads goes on.
"""

import json
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from tenancy.line import line_to
from tenancy.wall import current_organisation_id

# More attempts than any limit allows, none of which ever grows old.
FULL = [float("inf")] * 1000


def key(name: str, prefix: str, version: int) -> str:
    """Keep organisations apart; raise where none is bound."""
    return f"{current_organisation_id()}:{prefix}:{version}:{name}"


class Json:
    """Plain values only: what comes back from Redis is never run."""

    def dumps(self, value: Any) -> Any:
        """Leave whole numbers as they are: Redis can add to them."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes | str) -> Any:
        """Read what `dumps` wrote."""
        return json.loads(data)


class _Client(RedisCacheClient):
    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._line = line_to(servers[0])
        self._json = Json()

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        raise NotImplementedError("Only what is written here is asked of Redis, and along the one line.")

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Tell whether the key was free; one that can't be asked for is not waited for, `get` refuses then."""
        try:
            return bool(self._line.ask(lambda redis: redis.set(key, self._dumped(value), ex=timeout, nx=True)))
        except RedisError:
            return True

    def get(self, key: Any, default: Any) -> Any:
        try:
            found = self._line.ask(lambda redis: redis.get(key))
        except RedisError:
            return [*FULL] if isinstance(default, list) else default
        return default if found is None else self._json.loads(found)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        try:
            self._line.ask(lambda redis: redis.set(key, self._dumped(value), ex=timeout))
        except RedisError:
            return

    def delete(self, key: Any) -> bool:
        try:
            return bool(self._line.ask(lambda redis: redis.delete(key)))
        except RedisError:
            return False

    def clear(self) -> bool:
        raise NotImplementedError("The broker lives in the same Redis: nothing here empties it.")

    def _dumped(self, value: Any) -> Any:
        return self._json.dumps(value)


class Counters(RedisCache):
    """Django's cache in Redis, for which a dead Redis is a full one that takes nothing."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client
