"""The web process: uvicorn serves this."""

import os

from config import handler
from config.entrance import Entrance
from config.logs import catch_the_rest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")


def _application() -> Entrance:
    django = handler.make()
    from config.live import Live  # knows models, so Django has to be awake

    return Entrance(Live(django))


application = _application()
catch_the_rest()
