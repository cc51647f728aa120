"""Files leave in chunks: none is read into memory as a whole."""

from collections.abc import Iterator
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from config.streams import StreamMiddleware

SCOPE = {
    "type": "http",
    "asgi": {"version": "3.0"},
    "http_version": "1.1",
    "method": "GET",
    "path": "/static/stillwater/app.css",
    "query_string": b"",
    "headers": [(b"host", b"harbour.testserver")],
}


async def _parts() -> list[dict[str, Any]]:
    talk = ApplicationCommunicator(get_asgi_application(), dict(SCOPE))
    await talk.send_input({"type": "http.request", "body": b""})
    sent = [await talk.receive_output(5)]
    while sent[-1]["type"] == "http.response.start" or sent[-1].get("more_body"):
        sent.append(await talk.receive_output(5))
    await talk.wait(5)
    return sent


def test_a_file_goes_out_by_the_asynchronous_server_without_a_warning() -> None:
    start, *body = async_to_sync(_parts)()
    assert start["status"] == 200
    assert b"@layer" in b"".join(part.get("body", b"") for part in body)


def test_chunks_are_pulled_one_at_a_time() -> None:
    pulled: list[int] = []

    def chunks() -> Iterator[bytes]:
        for number in range(3):
            pulled.append(number)
            yield b"x" * 10

    async def first() -> bytes:
        made = StreamMiddleware(lambda _request: StreamingHttpResponse(chunks()))(ASGIRequest(dict(SCOPE), None))
        assert isinstance(made, StreamingHttpResponse)
        return await anext(aiter(made))

    assert async_to_sync(first)() == b"x" * 10
    assert pulled == [0]


def test_what_is_no_stream_or_not_asynchronous_is_left_alone() -> None:
    plain = HttpResponse("words")
    assert StreamMiddleware(lambda _request: plain)(ASGIRequest(dict(SCOPE), None)) is plain
    stream = StreamMiddleware(lambda _request: StreamingHttpResponse(iter([b"a"])))(HttpRequest())
    assert isinstance(stream, StreamingHttpResponse)
    assert not stream.is_async
