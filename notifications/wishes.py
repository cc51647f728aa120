"""What somebody wishes to be told, and what that means for one message: pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MAIL = "mail"
"""The channel that is chosen for; timings are kept per channel, for those to come."""

Timings = Mapping[str, Mapping[str, str]]


class Timing(StrEnum):
    """When somebody is told of a kind of event; digests will stand beside these."""

    AT_ONCE = "at_once"
    OFF = "off"


class How(StrEnum):
    """What becomes of a message."""

    AT_ONCE = "at_once"
    LATER = "later"
    OFF = "off"
    NO_ADDRESS = "no_address"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a message to somebody, and until when it waits, if it does."""

    how: How
    until: datetime | None = None

    @property
    def is_sent(self) -> bool:
        """Whether it goes out, now or later."""
        return self.how in (How.AT_ONCE, How.LATER)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What somebody chose, over what the organisation says."""

    own: Timings = field(default_factory=dict)
    house: Timings = field(default_factory=dict)
    quiet_from: time | None = None
    quiet_until: time | None = None

    def timing(self, kind: str) -> Timing:
        """When they are told of it, where they have a choice."""
        for chosen in (self.own, self.house):
            if told := chosen.get(kind, {}).get(MAIL):
                return Timing(told)
        return Timing.AT_ONCE

    def peace_until(self, at: datetime, zone: str) -> datetime | None:
        """When the quiet hours end in which that instant lies; nothing if it lies in none."""
        if self.quiet_from is None or self.quiet_until is None or self.quiet_from == self.quiet_until:
            return None
        local = at.astimezone(ZoneInfo(zone))
        crosses = self.quiet_from > self.quiet_until
        evening, morning = local.time() >= self.quiet_from, local.time() < self.quiet_until
        if not (evening or morning if crosses else evening and morning):
            return None
        day = local.date() + timedelta(days=1 if crosses and evening else 0)
        return datetime.combine(day, self.quiet_until, ZoneInfo(zone)).astimezone(at.tzinfo)
