"""Served to people: nothing has a default that would be unsafe."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *
from config.settings.environment import required

if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 15:
    raise ImproperlyConfigured("SECRET_KEY is too weak: use at least 50 random characters.")
required("EMAIL_URL")
if DEFAULT_ORGANISATION:
    raise ImproperlyConfigured("DEFAULT_ORGANISATION is for development only: unset it.")

DEVELOPMENT = False
SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if os.environ.get("TRUST_X_FORWARDED_PROTO") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# The prefix makes browsers refuse the cookie from any other host, sub-domains included.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
