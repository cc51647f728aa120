"""The web process of `bench`: the product, and under ``/bare/`` the bare views, which no middleware stands before."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.bench")

from config.asgi import application as product

with_middleware = product


def _bare() -> Any:
    from django.test.utils import override_settings

    with override_settings(MIDDLEWARE=[]):
        return type(_django(product))()


def _django(application: Any) -> Any:
    """Django's own handler, wherever the product's application keeps it."""
    from django.core.handlers.asgi import ASGIHandler

    return application if isinstance(application, ASGIHandler) else application.django


bare = _bare()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Answer from the one or the other."""
    chosen = bare if scope["type"] == "http" and scope["path"].startswith("/bare/") else product
    await chosen(scope, receive, send)
