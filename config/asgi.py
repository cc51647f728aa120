"""The web process: uvicorn serves this."""

import os

from config import handler
from config.entrance import Entrance
from config.logs import catch_the_rest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = Entrance(handler.make())
catch_the_rest()
