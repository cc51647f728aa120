"""The address of the streams: ``GET /live/?topic=queue``, in front of Django."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from types import FrameType
from typing import Any

from config.live.ear import Ear
from config.live.hub import Follower, Hub, Stream
from config.metrics.requests import STREAMS_OPEN

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/live/"
# So often a quiet stream says that it is there, and Django is asked whether it may stay.
HEARTBEAT = 25.0
# A page is not told more often than this.
GAP = 0.25
# So many at once ask Django, and hold a database connection while they do.
ASKING = 4
# What the entrance wants to know of a request.
TOLD = ("route", "whose")

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Live:
    """The application: streams are answered here, all else by Django."""

    def __init__(self, django: App) -> None:
        self._django = django
        self._hub = Hub()
        self._ear = Ear(self._hub)
        self._asking = asyncio.Semaphore(ASKING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            await self._open(scope, receive, send)
        else:
            await self._django(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        follower, answer = await self._ask(scope)
        if follower is None:
            for message in answer:
                await send(message)
            return
        stream = self._hub.join(follower) if await self._ear.hears() else None
        if stream is None:
            await _refuse(send)
            return
        leaving = asyncio.create_task(_when_gone(receive, stream))
        try:
            with STREAMS_OPEN.track_inprogress():
                await self._serve(scope, stream, send)
        finally:
            self._hub.leave(stream)
            leaving.cancel()

    async def _serve(self, scope: Scope, stream: Stream, send: Send) -> None:
        """Tell the page of every change, for as long as it may hear of it."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _say(send, "retry: 3000\n\n")
        while not stream.is_over:
            await stream.wait(HEARTBEAT)
            if stream.is_over:
                break
            is_behind, stream.is_behind = stream.is_behind, False
            follower, answer = await self._ask(scope)
            if follower != stream.follower:
                if answer[0]["status"] < 500:
                    await _say(send, "event: gone\ndata: gone\n\n")
                break
            await _say(send, "data: changed\n\n" if is_behind else ":\n\n")
            if is_behind:
                await asyncio.sleep(GAP)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _ask(self, scope: Scope) -> tuple[Follower | None, list[Message]]:
        """Send the page's own request on to Django: as whom it may follow the topic, or Django's answer why not."""
        answer: list[Message] = []
        asked = {**scope, "follower": None}
        body: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Message:
            return body.pop() if body else await asyncio.Future()

        async def take(message: Message) -> None:
            answer.append(message)

        async with self._asking:
            await self._django(asked, receive, take)
        scope.update({name: asked[name] for name in TOLD if name in asked})
        found = asked["follower"]
        return (Follower(*found) if found else None), answer

    async def _live(self, receive: Receive, send: Send) -> None:
        """Begin and end with the server; open streams must not keep it from ending."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                _before_the_end(self._hub.close)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._ear.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _before_the_end(close: Callable[[], None]) -> None:
    """Close when the server is asked to stop: it waits for open connections before it tells anybody else."""
    loop = asyncio.get_running_loop()

    def chained(before: Callable[[int, FrameType | None], Any]) -> Callable[[int, FrameType | None], None]:
        def stop(number: int, frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(close)
            before(number, frame)

        return stop

    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)
        if callable(before):
            with suppress(ValueError):  # not the main thread: whoever runs it there ends it some other way
                signal.signal(number, chained(before))


async def _when_gone(receive: Receive, stream: Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    stream.end()


async def _say(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"retry-after", b"30"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b"Look now and then instead."})
