"""A database that comes back is noticed at once, however long it was away."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from psycopg_pool import ConnectionPool, PoolTimeout

from config.settings.environment import database
from tests.notifications.sink import free_port

pytestmark = pytest.mark.slow
AWAY_FOR = 3.6
NOTICED_WITHIN = 2.5


def passed_on(port: int, to: tuple[str, int]) -> socket.socket:
    """Listen, and pass every connection on to the database."""
    door = socket.create_server(("127.0.0.1", port))

    def carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while said := one.recv(65536):
                other.sendall(said)
        for line in (one, other):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()

    def serve() -> None:
        with suppress(OSError):
            while True:
                visitor, _address = door.accept()
                server = socket.create_connection(to)
                for pair in ((visitor, server), (server, visitor)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return door


@pytest.fixture
def pool_at() -> Iterator[Any]:
    """The settings' pool, to the database behind another port."""
    opened: list[ConnectionPool] = []

    def make(port: int) -> ConnectionPool:
        address = urlsplit(settings.DATABASE_URL)
        name = f"{address.username}:{address.password}@127.0.0.1:{port}{address.path}"
        options = cast(dict[str, Any], database(settings.DATABASE_URL, pool_size=2)["OPTIONS"])["pool"]
        opened.append(ConnectionPool(f"postgres://{name}", open=True, **options))
        return opened[-1]

    yield make
    for pool in opened:
        pool.close()


def test_a_database_that_comes_back_is_used_at_once(pool_at: Any) -> None:
    address, port = urlsplit(settings.DATABASE_URL), free_port()
    doors: list[socket.socket] = []
    back_at: list[float] = []

    def come_back() -> None:
        doors.append(passed_on(port, (str(address.hostname), address.port or 5432)))
        back_at.append(time.monotonic())

    coming = threading.Timer(AWAY_FOR, come_back)
    coming.start()
    pool, connection = pool_at(port), None
    while connection is None:
        with suppress(PoolTimeout):
            connection = pool.getconn()
    took = time.monotonic() - back_at[0]
    pool.putconn(connection)
    coming.join()
    for door in doors:
        door.close()
    assert took < NOTICED_WITHIN
