"""How Django is asked under an asynchronous server: one hop into a thread, and one back.

Django's own handler changes sides at every middleware that knows both ways, and once more for each of its hooks; under
load these hops cost as much as the work. All of ours is synchronous, so the whole chain runs in the request's thread.
"""

from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneHop(ASGIHandler):
    """Django's handler with a synchronous chain."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain for one thread, whatever the server is."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: Any) -> Any:
        """Answer in the request's thread."""
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def make() -> OneHop:
    """Start Django, and return what answers."""
    django.setup(set_prefix=False)
    return OneHop()
