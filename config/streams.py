"""Files on their way out, chunk by chunk.

Django reads a whole file into memory before an asynchronous server sends its first byte; whitenoise and `FileResponse`
know files of the synchronous kind only.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse


class StreamMiddleware:
    """Hands the chunks of a synchronous stream to the asynchronous server one at a time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(request, ASGIRequest) and isinstance(response, StreamingHttpResponse) and not response.is_async:
            response.streaming_content = _one_by_one(cast(Iterator[bytes], response.streaming_content))
        return response


async def _one_by_one(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    pull = sync_to_async(lambda: next(chunks, b""), thread_sensitive=False)
    while chunk := await pull():
        yield chunk
