"""The headers that every answer carries, and the cookies that it may set."""

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
    headers = answer.headers
    allowed = SANDBOX if "attachment" in headers.get("Content-Disposition", "") else POLICY
    checks = {
        "breaks": answer.status < 500,
        "has another policy": _policy(headers.get("Content-Security-Policy", "")) == allowed,
        "may be framed": headers.get("X-Frame-Options", "DENY") == "DENY",
        "may be sniffed": headers.get("X-Content-Type-Options") == "nosniff",
        "tells where one was": headers.get("Referrer-Policy") in ("same-origin", "strict-origin"),
        "sets a loose cookie": not any(_is_loose(one, production) for one in answer.response.cookies.values()),
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
