"""What `chaos` breaks: production's settings, over http; static files lie where they were written."""

from config.settings.production import *

SECURE_SSL_REDIRECT = False
STATIC_ROOT = ROOT / "config" / "static"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# The same few keys ask for everybody.
API_REQUESTS_PER_MINUTE = 0
