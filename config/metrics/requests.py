"""What the web processes count."""

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter("stillwater_requests_total", "Answered requests", ["method", "route", "status"])
SECONDS = Histogram(
    "stillwater_request_seconds",
    "From the first byte of a request to the last one of its answer; event streams left out",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
IN_FLIGHT = Gauge("stillwater_requests_in_flight", "Requests being answered now", multiprocess_mode="livesum")
STREAMS_OPEN = Gauge("stillwater_streams_open", "Event streams that are open now", multiprocess_mode="livesum")
"""Whoever opens a stream holds ``with STREAMS_OPEN.track_inprogress():`` for as long as it is open."""


def count(method: str, route: str, status: int, seconds: float, *, is_stream: bool) -> None:
    """Count one answer, by its route and the class of its status ("2xx")."""
    REQUESTS.labels(method, route, f"{status // 100}xx").inc()
    if not is_stream:
        SECONDS.labels(route).observe(seconds)
