"""What the tests run on: real servers, cheap passwords, the development pages in reach."""

from config.settings.development import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ACCOUNT_RATE_LIMITS = False
API_REQUESTS_PER_MINUTE = API_ANONYMOUS_REQUESTS_PER_MINUTE = 0
WHITENOISE_AUTOREFRESH = False
globals().update(STATIC_ROOT=None)  # nothing is collected: the finders serve what the pages need
# Whatever the developer's environment says: unknown hosts find nothing, links have no port.
DEFAULT_ORGANISATION = PUBLIC_PORT = ""
PUBLIC_SCHEME = "http"
# Statements that are written once are written anew each time, to be compared.
COMPARE_STATEMENTS = True
