"""Streams: so many and no more, and none that keeps the server from ending."""

import asyncio
import os
import signal
from typing import Any

import pytest
from pytest_django import Settings

from config.live.endpoint import Live
from config.live.hub import Follower, Hub

QUEUE = Follower(1, 7, "queue")


def told(hub: Hub, *topics: str, organisation_id: int = 1) -> bool:
    stream = hub.join(QUEUE)
    assert stream
    hub.tell(organisation_id, topics)
    hub.leave(stream)
    return stream.is_behind


def test_only_who_follows_a_topic_of_the_same_organisation_is_told() -> None:
    hub = Hub()
    assert told(hub, "INC-1", "queue")
    assert not told(hub, "INC-1", "*", "queue*")
    assert not told(hub, "queue", organisation_id=2)


def test_streams_are_bounded_for_a_member_and_for_the_process(settings: Settings) -> None:
    settings.LIVE_STREAMS, settings.LIVE_STREAMS_PER_MEMBER = 3, 2
    hub = Hub()
    first = hub.join(QUEUE)
    assert first
    assert hub.join(QUEUE)
    assert hub.join(QUEUE) is None
    assert hub.join(Follower(2, 7, "queue"))
    assert hub.join(Follower(1, 8, "queue")) is None
    hub.leave(first)
    assert hub.join(Follower(1, 8, "queue"))


def test_who_is_asked_to_stop_ends_the_streams_first(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _frame: stopped.append(number))
    try:
        parts = asyncio.run(asyncio.wait_for(open_until_stopped(monkeypatch), 5))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert stopped == [signal.SIGTERM]
    assert parts[0]["status"] == 200
    assert parts[-1] == {"type": "http.response.body", "body": b"", "more_body": False}


async def open_until_stopped(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Open a stream, stop the process while it is open, and return what came."""
    parts: list[Any] = []

    async def django(scope: Any, _receive: Any, _send: Any) -> None:
        scope["follower"] = (1, 7, "queue")

    async def hears() -> bool:
        return True

    async def starting() -> Any:
        if parts:
            return await asyncio.Future()
        return {"type": "lifespan.startup"}

    async def take(message: Any) -> None:
        parts.append(message)

    live = Live(django)
    monkeypatch.setattr(live._ear, "hears", hears)
    begun = asyncio.create_task(live({"type": "lifespan"}, starting, take))
    while not parts:
        await asyncio.sleep(0)
    parts.clear()
    scope = {"type": "http", "path": "/live/", "method": "GET", "headers": []}
    stream = asyncio.create_task(live(scope, asyncio.Future, take))
    while len(parts) < 2:
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGTERM)
    await stream
    begun.cancel()
    return parts
