"""How busy this process's pool of database connections is."""

from django.db import connection
from prometheus_client import Gauge

OPEN = Gauge("stillwater_database_connections_open", "Open connections to the database", multiprocess_mode="livesum")
BUSY = Gauge("stillwater_database_connections_busy", "Connections that are worked with", multiprocess_mode="livesum")
WAITING = Gauge("stillwater_database_waiting", "Requests that wait for a connection", multiprocess_mode="livesum")
MOST = Gauge("stillwater_database_connections_most", "As many connections may be open", multiprocess_mode="livesum")


def note() -> None:
    """Read the pool; called at the end of every request and task, and before the figures are told."""
    pool = getattr(connection, "pool", None)
    if pool is None:
        return
    figures = pool.get_stats()
    size = figures.get("pool_size", 0)
    OPEN.set(size)
    BUSY.set(size - figures.get("pool_available", 0))
    WAITING.set(figures.get("requests_waiting", 0))
    MOST.set(figures.get("pool_max", 0))
