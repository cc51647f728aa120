"""The web process: uvicorn serves this."""

import os

from django.core.asgi import get_asgi_application

from config.entrance import Entrance
from config.logs import catch_the_rest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = Entrance(get_asgi_application())
catch_the_rest()
