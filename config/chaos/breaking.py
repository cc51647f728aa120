"""Carries out a plan: what is done to the processes, to PostgreSQL, to the broker and to the mail server."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import redis

from config.chaos.house import House
from config.chaos.plan import Broker, Fault, Target

Act = Callable[[], None]


@dataclass
class Breaker:
    """Breaks the house, fault by fault, and mends it."""

    house: House
    faults: list[Fault]

    def go(self, wait_until: Callable[[float], None]) -> None:
        """Carry out the plan from now on; return when the last fault is over."""
        began = time.time()
        self._announce_moods(began)
        for at, _place, act in sorted(self._acts(began)):
            wait_until(at)
            act()
        wait_until(began + max(fault.ends for fault in self.faults))
        self.house.kill_all_doomed()

    def _announce_moods(self, began: float) -> None:
        """Tell the mail server when to misbehave."""
        times = [(began + one.at, began + one.ends, one.what) for one in self.faults if one.target is Target.MAIL]
        draft = self.house.home / "moods.new"
        draft.write_text(json.dumps(times))
        draft.rename(self.house.home / "moods.json")

    def _acts(self, began: float) -> Iterator[tuple[float, int, Act]]:
        """What to do when; the number keeps the order of what falls together."""
        for place, fault in enumerate(self.faults):
            for at, act in self._two_ends(fault):
                yield began + at, place, act

    def _two_ends(self, fault: Fault) -> list[tuple[float, Act]]:
        match fault.target:
            case Target.KILL:
                return [(fault.at, partial(self.house.kill, fault.what))]
            case Target.DATABASE:
                return [(fault.at, self.house.crash), (fault.ends, self.house.recover)]
            case Target.BROKER if fault.what == Broker.FLUSH:
                return [(fault.at, self._flush)]
            case Target.BROKER:
                hurt, heal = self._broker_ways()[Broker(fault.what)]
                return [(fault.at, partial(self._hurt, fault.what, hurt)), (fault.ends, partial(self._heal, heal))]
        return []

    def _broker_ways(self) -> dict[Broker, tuple[Act, Act]]:
        process = self.house.broker
        full = {"maxmemory": "1", "maxmemory-policy": "noeviction"}
        return {
            Broker.FREEZE: (partial(process.send_signal, signal.SIGSTOP), partial(process.send_signal, signal.SIGCONT)),
            Broker.FILL: (partial(self._configure, full), partial(self._configure, {"maxmemory": "0"})),
        }

    def _flush(self) -> None:
        self.house.journal.note("broker", way=Broker.FLUSH)
        with self._line() as line:
            line.flushall()

    def _hurt(self, way: str, act: Act) -> None:
        self.house.journal.note("broker", way=way)
        self.house.journal.note("down", name="broker")
        act()

    def _heal(self, act: Act) -> None:
        act()
        self.house.journal.note("up", name="broker")

    def _configure(self, settings: dict[str, str]) -> None:
        with self._line() as line:
            for name, value in settings.items():
                line.config_set(name, value)

    def _line(self) -> "closing[redis.Redis]":
        return closing(redis.Redis(port=self.house.broker_port, socket_timeout=5))
