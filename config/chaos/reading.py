"""What stands at the end in the journals and in the database, as promises and events."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg

from config.chaos.counting import Count, Event, Promise, Span, common, count, joined
from config.chaos.journal import read
from config.chaos.statements import (
    ADVISED,
    BEHIND,
    CARRIED,
    DEEDS,
    ENTRIES,
    ESCALATED,
    LETTERS,
    LEVELS,
    MAILS,
    RESUMED,
    TOLD_REPORTER,
    UNSENT,
    WARNED,
    Entry,
)

# What fell due so shortly before the end was not waited for.
LAST_MOMENT = 5.0
STAGED = ("watched", "called", "held", "advised")
DUE_BY_TICK = ("tick",)
DUE_BY_BEAT = ("worker", "beat", "broker")


@dataclass
class Reader:
    """Reads a run's folder, and its database past the wall."""

    home: Path
    url: str

    def behind(self) -> int | None:
        """How much is due and not done, None while nobody answers."""
        return self._number(BEHIND)

    def unsent(self) -> int | None:
        """How much is still to be sent, now or later; None while nobody answers."""
        return self._number(UNSENT)

    def counts(self) -> list[Count]:
        """The lines of the table."""
        now, away = time.time(), self.away()
        return [
            count("deeds on the trail", self._asked(), self._done()),
            count("warnings of clocks", self._to_be_warned(now), self._warned(), away, is_timed=True),
            count("steps of escalations", self._to_be_called(now), self._called(), away, is_timed=True),
            count(
                "holds that end", self._to_happen("held", RESUMED, now), self._happened(RESUMED), away, is_timed=True
            ),
            count(
                "workarounds told",
                self._to_happen("advised", ADVISED, now),
                self._happened(ADVISED),
                away,
                is_timed=True,
            ),
            count("letters in the outbox", self._to_be_told(), self._written()),
            count("letters in others' mail", self._to_be_carried(), self._carried()),
            count("mails at the server", self._to_be_sent(), self._kept(), away),
        ]

    def oddities(self) -> list[str]:
        """What else should not be: answers that no fault explains."""
        found = [f"the API refused {told['key']}: {told['status']} {told['detail']}" for told in self._load("refused")]
        found += [f"nobody ever answered {told['key']}" for told in self._load("unanswered")]
        calm = self._calm()
        if again := [told["key"] for told in self._load("failed") if any(one <= told["t"] <= end for one, end in calm)]:
            found.append(
                f"{len(again)} times a deed had to be asked for again while nothing was broken, like {again[0]}"
            )
        if len(calm) < 2:
            found.append("there was no calm moment before and after the faults")
        return found

    def _calm(self) -> list[Span]:
        notes = [told["t"] for told in read(self.home / "faults.jsonl", "calm begins", "calm ends")]
        return list(zip(notes[::2], notes[1::2], strict=False))

    # --- deeds

    def _asked(self) -> Iterator[Promise]:
        answered = {told["key"] for told in self._load("answered")}
        for key in sorted({told["key"] for told in self._load("asked")}):
            yield Promise(key, surely=key in answered)

    def _done(self) -> list[Event]:
        return [
            Event(f"{entry.story}:{entry.step}", entry.at)
            for entry in self._entries
            if entry.story.startswith("story") and entry.step in DEEDS
        ]

    # --- warnings and escalations

    def _to_be_warned(self, now: float) -> Iterator[Promise]:
        """The levels that were still ahead when an incident was reported; others may have been reached as well."""
        due = {
            f"{told['story']}:resolution:{level}": (told, told["at"] + told["minutes"] * 60 * level / 100)
            for told in read(self.home / "stage.jsonl", "watched")
            for level in LEVELS
        }
        return self._ahead(due, {event.key for event in self._warned()}, now)

    def _to_be_called(self, now: float) -> Iterator[Promise]:
        """The steps that were still ahead; others may have taken place as well, for incidents that nobody took.

        All of them take place once, and no escalation starts anew: no other cycle or generation was promised.
        """
        due = {
            f"{told['story']}:1:{minute}:1": (told, told["at"] + minute * 60)
            for told in read(self.home / "stage.jsonl", "called")
            for minute in range(1, told["minutes"] + 1)
        }
        once = {event.key for event in self._called() if event.key.split(":")[1::2] == ["1", "1"]}
        return self._ahead(due, once, now)

    def _ahead(self, due: Mapping[str, tuple[Any, float]], happened: set[str], now: float) -> Iterator[Promise]:
        """What was due before everything ran for the first time is late by however long that took to start."""
        sure, began = set(), self._calm()[0][0]
        for key, (told, due_at) in due.items():
            if told["told_at"] < due_at < now - LAST_MOMENT:
                sure.add(key)
                yield Promise(key, due_at if due_at > began else None)
        for key in happened - sure:
            yield Promise(key, surely=False)

    def _called(self) -> list[Event]:
        return [Event(f"{entry.story}:{entry.which}", entry.at) for entry in self._entries if entry.step == ESCALATED]

    def _warned(self) -> Iterator[Event]:
        """Each level that was told. What was due for so long that the next level was reached is told with that one."""
        warnings = defaultdict(list)
        for entry in self._entries:
            if entry.step == WARNED:
                warnings[f"{entry.story}:{entry.which}"].append(entry)
        for clock, entries in warnings.items():
            levels = {entry.level for entry in entries}
            for entry in entries:
                yield Event(f"{clock}:{entry.level}", entry.at)
                for skipped in (level for level in LEVELS if level < entry.level and level not in levels):
                    levels.add(skipped)
                    yield Event(f"{clock}:{skipped}", entry.at)

    # --- what is due at a moment of its own

    def _to_happen(self, what: str, step: str, now: float) -> Iterator[Promise]:
        """What was to happen by itself at the moment that the stage chose; a hold may also be ended by somebody."""
        told = read(self.home / "stage.jsonl", what)
        return self._ahead({f"{one['story']}:{step}": (one, one["due_at"]) for one in told}, set(), now)

    def _happened(self, step: str) -> list[Event]:
        return [Event(f"{entry.story}:{step}", entry.at) for entry in self._entries if entry.step == step]

    # --- letters and mails

    def _to_be_told(self) -> Iterator[Promise]:
        """A letter for whom an entry surely concerns; for others there may be one each."""
        sure = {f"{entry.number}:{entry.told}" for entry in self._entries if entry.told and not self._is_own(entry)}
        sure |= {f"{entry.number}:reporter@{entry.host}" for entry in self._entries if self._is_own(entry)}
        told = {entry.story for entry in self._entries if entry.step == ADVISED}
        # Whom several incidents of a problem concern hears of its workaround once.
        advised = (one for one in read(self.home / "stage.jsonl", "advised") if one["story"] in told)
        sure |= {f"problem {one['problem']}:reporter@{one['host']}" for one in advised}
        yield from map(Promise, sorted(sure))
        known = {str(entry.number) for entry in self._entries}
        written = {event.key for event in self._written()}
        for key in sorted(key for key in written - sure if key.partition(":")[0] in known):
            yield Promise(key, surely=False)

    def _is_own(self, entry: Entry) -> bool:
        """Whether the reporter is told who has a key of their own."""
        return entry.step in TOLD_REPORTER and entry.story in self._own

    def _written(self) -> list[Event]:
        return [Event(f"{about}:{address}") for about, address in self._rows(LETTERS)]

    def _to_be_carried(self) -> list[Promise]:
        return [Promise(letter) for letter, _mail in self._rows(CARRIED)]

    def _carried(self) -> list[Event]:
        """Letters that stand in a mail which the server took."""
        kept = {event.key for event in self._kept()}
        return [Event(letter) for letter, mail in self._rows(CARRIED) if mail in kept]

    def _to_be_sent(self) -> list[Promise]:
        return [Promise(mail, due_at, is_needed) for mail, due_at, is_needed in self._rows(MAILS)]

    def _kept(self) -> Iterator[Event]:
        """What the mail server took; where the line ended there, the sender can't know of it."""
        waiting: dict[str, float] = {}
        for told in read(self.home / "sink.jsonl", "kept", "line"):
            mail = told["id"]
            if told["what"] == "kept":
                waiting[mail] = told["t"]
            elif mail in waiting:
                yield Event(mail, waiting.pop(mail), may_repeat=told["became"] == "ended")
        for mail, at in waiting.items():
            yield Event(mail, at)

    # --- what was down

    def away(self) -> list[Span]:
        """When PostgreSQL or every claimer was down: `tick`, and the worker whom beat wakes through the broker."""
        downs = self.downs()
        tick = joined(span for name in DUE_BY_TICK for span in downs.get(name, []))
        beat = joined(span for name in DUE_BY_BEAT for span in downs.get(name, []))
        return joined([*downs.get("postgres", []), *common(tick, beat)])

    def downs(self) -> dict[str, list[Span]]:
        """When each part was down."""
        notes = sorted(read(self.home / "faults.jsonl", "down", "up"), key=lambda told: str(told["name"]))
        return {name: list(_spans(told)) for name, told in groupby(notes, key=lambda told: str(told["name"]))}

    # --- where it stands

    @cached_property
    def _entries(self) -> list[Entry]:
        return [Entry(*row) for row in self._rows(ENTRIES)]

    @cached_property
    def _own(self) -> set[str]:
        """The stories that were reported by their reporter, not logged for a contact."""
        staged = {told["story"] for told in read(self.home / "stage.jsonl", *STAGED)}
        return staged | {told["story"] for told in self._load("asked") if told["is_own"]}

    def _load(self, what: str) -> Iterator[dict[str, Any]]:
        return read(self.home / "load.jsonl", what)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.url, connect_timeout=5)) as connection:
            return connection.execute(sql.encode()).fetchall()

    def _number(self, sql: str) -> int | None:
        try:
            return int(self._rows(sql)[0][0])
        except psycopg.OperationalError:
            return None


def _spans(notes: Iterable[dict[str, Any]]) -> Iterator[Span]:
    """From each first "down" to the next "up", or for ever."""
    since: float | None = None
    for told in notes:
        if told["what"] == "down":
            since = told["t"] if since is None else since
        elif since is not None:
            yield since, told["t"]
            since = None
    if since is not None:
        yield since, float("inf")
