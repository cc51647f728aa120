"""What `bench` measures on: production's settings, over http, with the bare views and the counter of statements."""

import os
from pathlib import Path

from config.settings.environment import database
from config.settings.production import *

SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sessionid", "csrftoken"
ROOT_URLCONF = "config.bench.urls"
MIDDLEWARE = ["config.bench.watching.Outermost", *MIDDLEWARE, "config.bench.watching.Innermost"]
STATIC_ROOT = Path(os.environ["BENCH_HOME"]) / "static"
# A generator asks more often than any program may.
API_REQUESTS_PER_MINUTE = 10_000_000
# The way of a role that row-level security lets pass: what the wall costs shows beside it.
DATABASES["open"] = database(f"{DATABASE_OWNER_URL}?options=-c%20join_collapse_limit%3D4", pool_size=20)
