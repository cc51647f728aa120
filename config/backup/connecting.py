"""Past the wall, and past the pool: a backup talks to the database by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from django.db import connection

from config.backup.archive import Unusable
from config.backup.tables import Connection


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect, or raise `Unusable`."""
    if not url:
        raise Unusable("Set DATABASE_OWNER_URL: a backup is taken and put back past the wall between organisations.")
    try:
        db = psycopg.connect(url, dbname=connection.settings_dict["NAME"], connect_timeout=10)
    except psycopg.OperationalError as error:
        where = urlsplit(url).hostname
        raise Unusable(f"The database at {where} can't be reached: {str(error).splitlines()[0]}") from error
    try:
        yield db
    finally:
        db.close()
