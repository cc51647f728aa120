"""``/metrics``: for whoever watches the machines, never for visitors."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from config.metrics.processes import everything

PATH = "/metrics"
# A proxy of whatever make says so in one of these: who comes through one is a visitor, whatever they claim.
PROXIED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


class MetricsMiddleware:
    """Answers before any organisation is looked for; to everybody else the page does not exist."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == PATH and request.method == "GET" and (_brings_token(request) or _is_from_here(request)):
            return HttpResponse(generate_latest(everything()), content_type=CONTENT_TYPE_LATEST)
        return self.get_response(request)


def _brings_token(request: HttpRequest) -> bool:
    wanted: str = settings.METRICS_TOKEN
    return bool(wanted) and constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {wanted}")


def _is_from_here(request: HttpRequest) -> bool:
    """Asked on this machine, by its own address, and by nobody in between."""
    name = request.META.get("HTTP_HOST", "").rpartition(":")[0] or request.META.get("HTTP_HOST", "")
    return (
        _is_loopback(request.META.get("REMOTE_ADDR", ""))
        and _is_loopback(name.strip("[]"))
        and not any(header in request.headers for header in PROXIED)
    )


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
