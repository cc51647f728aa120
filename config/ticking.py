"""`manage.py tick`: the driver that needs no broker. It does what is due, sends the mail, and says that all is well."""

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

import structlog
from django.conf import settings
from django.urls import reverse

from config.deadman import ping
from config.health import Health, wrong
from notifications import delivery
from tenancy import engine

log = structlog.get_logger(__name__)

# Seconds between two ticks, looks at the outbox, and pings.
TICK_EVERY = 1.0
MAIL_EVERY = 1.0
PING_EVERY = 60.0
# A loop whose last tick ended longer ago is not well, whatever the database says.
STUCK_AFTER = 30.0
# So long may the mail that is on its way take when the process is asked to end.
LAST_MAIL = 60.0


def once() -> None:
    """Do all that is due now, send what is due of the outbox, and return."""
    while engine.tick():
        pass
    delivery.deliver_due()


class Ticking:
    """The loop, with the mail and the pings beside it: a slow mail server holds up no deadline."""

    def __init__(self) -> None:
        self.ticked_at = time.monotonic()
        self.health = Health()

    def run(self) -> None:
        """Go on until SIGTERM or SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        # Letters hold links: what is due first needn't wait until all addresses have been read.
        reverse("incidents:portal-incident", args=["INC-1"])
        log.info("ticking")
        mail = self._beside("mail", delivery.deliver_due, MAIL_EVERY)
        if settings.DEADMAN_URL:
            self._beside("ping", self._ping, PING_EVERY)
        engine.keep_doing("tick", self._tick, every=TICK_EVERY, stopping=engine.stopping)
        mail.join(LAST_MAIL)
        log.info("ticking ended")

    def _end(self, number: int, frame: FrameType | None) -> None:
        engine.stopping.set()
        delivery.stopping.set()

    def _beside(self, name: str, act: Callable[[], object], every: float) -> threading.Thread:
        options = {"every": every, "stopping": engine.stopping}
        thread = threading.Thread(target=engine.keep_doing, args=[name, act], kwargs=options, name=name, daemon=True)
        thread.start()
        return thread

    def _tick(self) -> None:
        engine.tick()
        self.ticked_at = time.monotonic()

    def _ping(self) -> None:
        """Say that all is well, only if it is."""
        if time.monotonic() - self.ticked_at > STUCK_AFTER:
            log.warning("no ping: the loop is stuck")
        elif ill := wrong(self.health.ready()):
            log.warning("no ping", why=ill)
        else:
            ping(settings.DEADMAN_URL)
