"""The web process of `bench`: the product, and under ``/bare/`` the bare views, which no middleware stands before."""

from typing import Any

from config.asgi import application as product
from config.handler import OneHop


def _bare() -> OneHop:
    from django.test.utils import override_settings

    with override_settings(MIDDLEWARE=[]):
        return OneHop()


bare = _bare()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer from the one or the other."""
    is_bare = scope["type"] == "http" and scope["path"].startswith("/bare/")
    await (bare if is_bare else product)(scope, receive, send)
