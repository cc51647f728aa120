"""A loop that outlives whatever happens to its database."""

import threading
import time
from collections.abc import Callable

import structlog
from django.db import connection

log = structlog.get_logger(__name__)


def keep_doing(name: str, act: Callable[[], object], *, every: float, stopping: threading.Event) -> None:
    """Do it every so many seconds until asked to stop; what fails is told once, and tried again the next time."""
    failing = ""
    while not stopping.is_set():
        began = time.monotonic()
        try:
            act()
        except Exception as error:  # a loop that ends does nothing for anybody
            failure = f"{type(error).__name__}: {error}"
            if failure != failing:
                log.warning(f"{name} failed, and is tried again", failure=failure, exc_info=not failing)
            failing = failure
            _let_go()
        else:
            if failing:
                log.info(f"{name} works again")
            failing = ""
        stopping.wait(max(0.0, every - (time.monotonic() - began)))


def _let_go() -> None:
    """Give the connection back: a broken one is thrown away by the pool, which looks for the server anew."""
    try:
        connection.close()
    except Exception as error:
        log.warning("connection not closed", failure=type(error).__name__)
