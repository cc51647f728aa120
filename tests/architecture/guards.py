"""The headers that every answer carries, and the cookies that it may set."""

from collections.abc import Mapping
from typing import Any

from tests.architecture.asking import Answer

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# A file does nothing at all in a browser.
SANDBOX = {"sandbox": "", "default-src": "'none'", "frame-ancestors": "'none'"}


def unguarded(answer: Answer, *, production: bool = False) -> list[str]:
    """What is missing from an answer's guard rails."""
    checks = {
        "breaks": answer.status < 500,
        "sets a loose cookie": not any(_is_loose(one, production) for one in answer.response.cookies.values()),
    }
    return [*unguarded_headers(answer.headers), *(what for what, is_good in checks.items() if not is_good)]


def unguarded_headers(sent: Mapping[str, str]) -> list[str]:
    """What is missing from the headers, of whatever status the answer is."""
    headers = {name.lower(): value for name, value in sent.items()}
    allowed = SANDBOX if "attachment" in headers.get("content-disposition", "") else POLICY
    checks = {
        "has another policy": _policy(headers.get("content-security-policy", "")) == allowed,
        "may be framed": headers.get("x-frame-options", "DENY") == "DENY",
        "may be sniffed": headers.get("x-content-type-options") == "nosniff",
        "tells where one was": headers.get("referrer-policy") in ("same-origin", "strict-origin"),
    }
    return [what for what, is_good in checks.items() if not is_good]


def _policy(header: str) -> dict[str, str]:
    directives = (directive.strip().partition(" ") for directive in header.split(";"))
    return {name: value for name, _space, value in directives if name}


def _is_loose(cookie: Any, production: bool) -> bool:
    if not cookie.value and not cookie["max-age"]:
        return False  # it is taken away
    tight = cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/" and not cookie["domain"]
    return not tight or (production and not (cookie["secure"] and cookie.key.startswith("__Host-")))
