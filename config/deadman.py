"""The dead man's switch: an address elsewhere that is asked for while all is well, and raises the alarm when it isn't.

Whoever watches from there finds out what no process of ours can tell: that all of them are gone.
"""

from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import structlog

log = structlog.get_logger(__name__)
TIMEOUT = 10.0


def ping(url: str) -> bool:
    """Ask for the address; whether it answered well. What goes wrong is logged, nothing raises."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with closing(kind(parts.netloc.rpartition("@")[2], timeout=TIMEOUT)) as line:
            line.request("GET", path, headers={"User-Agent": "Stillwater"})
            status = line.getresponse().status
    except (OSError, HTTPException) as error:
        # Not the address: it often is a secret itself.
        log.warning("ping failed", failure=type(error).__name__)
        return False
    if status >= 400:
        log.warning("ping refused", status=status)
    return status < 400
