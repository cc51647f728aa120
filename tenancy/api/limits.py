"""How often one may ask: so many requests a minute for a token or session, and for an address that has neither.

The minute begins with the first request and ends by itself: one number with an end, counted and read in one step that
Redis does alone. Around the end of a minute somebody may get twice as much through; a sliding window would not allow
that, and would keep the moment of every request instead of one number. What is guarded is the machine, and it bears it.

Where Redis can't be asked the API goes on: an unknown count stops nobody who reads or reports.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any, cast

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from tenancy.counters import key
from tenancy.line import line_to
from tenancy.requests import BoundRequest

WINDOW = 60
COUNT = """
local spent = redis.call('INCR', KEYS[1])
local left = redis.call('TTL', KEYS[1])
if left < 0 then
    redis.call('EXPIRE', KEYS[1], ARGV[1])
    left = tonumber(ARGV[1])
end
return {spent, left}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much somebody may ask in a minute, and what is left of it. ``ends_in`` is in seconds."""

    policy: str
    quota: int
    spent: int
    ends_in: int

    @property
    def headers(self) -> dict[str, str]:
        """As the IETF's draft on rate limit headers writes it."""
        left = max(0, self.quota - self.spent)
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={left};t={self.ends_in}',
        }


class TooMany(APIException):
    """Asked more often than is allowed."""

    status_code = 429
    default_code = "too_many_requests"

    def __init__(self, wait: int) -> None:
        self.wait = wait
        inherited: Any = super()
        inherited.__init__(_("That was too often. Try again in %(seconds)s seconds.") % {"seconds": wait})


def spend(request: Request) -> Allowance | None:
    """Count the request; None where nothing is limited or the count is unknown."""
    policy, quota, who = _whose(request)
    if not quota:
        return None
    name = key(f"asked:{who}", "", 1)
    try:
        spent, ends_in = line_to(str(settings.CACHES["default"]["LOCATION"])).ask(lambda redis: _count(redis, name))
    except RedisError:
        return None
    return Allowance(policy, quota, spent, max(1, ends_in))


def refuse_beyond(allowance: Allowance | None) -> None:
    """Raise `TooMany` where more was spent than is allowed."""
    if allowance and allowance.spent > allowance.quota:
        raise TooMany(allowance.ends_in)


def _whose(request: Request) -> tuple[str, int, str]:
    member = cast(BoundRequest, request._request).member
    if request.auth is not None:
        return "token", settings.API_REQUESTS_PER_MINUTE, f"token:{request.auth.pk}"
    if member is not None and request.user.is_authenticated:
        return "session", settings.API_REQUESTS_PER_MINUTE, f"member:{member.id}"
    return "address", settings.API_ANONYMOUS_REQUESTS_PER_MINUTE, f"address:{_address(request)}"


def _address(request: Request) -> str:
    """Where the request came from, as far as our own proxies say so; for IPv6 the network that one customer has."""
    try:
        address = get_adapter().get_client_ip(request._request)
    except PermissionDenied:
        return "unknown"
    network = ipaddress.ip_network(f"{address}/64" if ":" in address else address, strict=False)
    return str(network.network_address)


def _count(redis: "Redis", name: str) -> tuple[int, int]:
    spent, ends_in = cast(Any, redis.register_script(COUNT)(keys=[name], args=[WINDOW]))
    return int(spent), int(ends_in)
