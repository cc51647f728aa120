"""What the processes tell whoever runs them: one line per event, in one shape, and nothing that is somebody's secret.

``docs/logs.md`` says what stands in a line, and why the texts of most exceptions don't.
"""

import logging.config
import sys
import threading
from typing import Any

import structlog
from structlog.types import Processor

from config.logs.failures import tell_failure
from config.logs.shape import calm_texts, scrub_texts, tell_libraries
from config.logs.writing import as_json, as_words

BEFORE: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]
log = structlog.get_logger(__name__)


def formatter(*, readable: bool) -> logging.Formatter:
    """Return what makes a line of every record, ours or a library's: words for a developer, else JSON."""
    guards: list[Processor] = [] if readable else [tell_libraries, tell_failure, scrub_texts]
    last: Processor = as_words() if readable else as_json
    drop: Processor = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=BEFORE, processors=[*guards, drop, *([calm_texts] if readable else []), last]
    )


def configure(settings: dict[str, Any]) -> None:
    """Lead every logger of this process, and every exception that nobody caught, to the one formatter.

    Django calls it with ``LOGGING``. Servers that were set up before (uvicorn) lose their own handlers by it.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(settings)


def catch_the_rest() -> None:
    """Write down what ends a process or a thread, instead of Python's own words for it."""
    sys.excepthook = lambda kind, error, trace: log.critical("process failed", exc_info=(kind, error, trace))
    threading.excepthook = lambda args: log.error(
        "thread failed", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
    )
