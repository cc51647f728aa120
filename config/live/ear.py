"""The process's one connection to Redis by which it hears what has changed, in all organisations."""

import asyncio
from contextlib import suppress
from typing import Any

import structlog
from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.live.hub import Hub
from notifications.live import PREFIX

log = structlog.get_logger(__name__)

TIMEOUT = 2.0
# A Redis that is silent for so long is asked whether it is there, and then given up.
SILENCE = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0


class Ear:
    """Listens as long as the process lives; while it is deaf, no stream is open."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._hears = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def hears(self) -> bool:
        """Whether word comes; the first who asks makes it listen."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        with suppress(TimeoutError):
            async with asyncio.timeout(TIMEOUT):
                await self._hears.wait()
        return self._hears.is_set()

    def close(self) -> None:
        """Listen no more."""
        if self._task:
            self._task.cancel()

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                await self._hear()
            except (RedisError, OSError, TimeoutError) as error:
                log.warning("live pages hear nothing", failure=type(error).__name__)
            pause = FIRST_PAUSE if self._hears.is_set() else min(2 * pause, LONGEST_PAUSE)
            self._hears.clear()
            self._hub.end_all()
            await asyncio.sleep(pause)

    async def _hear(self) -> None:
        redis = Redis.from_url(settings.REDIS_URL, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
        async with redis, redis.pubsub() as line:
            await line.psubscribe(f"{PREFIX}*")
            is_asked = False
            while True:
                word = await line.get_message(timeout=SILENCE)
                if word is None and is_asked:
                    raise TimeoutError("Redis has fallen silent.")
                if word is None:
                    await line.ping()
                is_asked = word is None
                if word is not None:
                    self._take(word)

    def _take(self, word: dict[str, Any]) -> None:
        self._hears.set()
        if word["type"] == "pmessage":
            organisation_id = int(word["channel"].decode().removeprefix(PREFIX))
            self._hub.tell(organisation_id, word["data"].decode().split())
