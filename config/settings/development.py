"""A developer's or a curious visitor's machine; never reachable from outside."""

import os

from config.settings.base import *

DEVELOPMENT = True
PUBLIC_SCHEME = os.environ.get("PUBLIC_SCHEME", "http")
ROOT_URLCONF = "config.urls_dev"
MAILBOX_DIR = os.environ.get("MAILBOX_DIR", str(ROOT / "var" / "mail"))
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
