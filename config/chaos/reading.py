"""What stands at the end in the journals and in the database, as promises and events."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from config.chaos.counting import Count, Event, Promise, Span, common, count, joined
from config.chaos.journal import read

OPEN = "SELECT count(*) FROM notifications_outboxmessage WHERE state IN ('pending', 'sending')"
DEEDS = """
SELECT i.title || ':' || split_part(t.kind, '.', 2), extract(epoch FROM t.at)::float8
FROM tenancy_trailentry t
JOIN incidents_incident i ON i.organisation_id = t.organisation_id AND i.id = t.record_id
WHERE t.record = 'incident'
"""
LETTERS = """
SELECT i.title || ':' || m.kind, coalesce(lead.message_id, m.message_id), extract(epoch FROM m.created_at)::float8
FROM notifications_outboxmessage m
LEFT JOIN notifications_outboxmessage lead ON lead.organisation_id = m.organisation_id AND lead.id = m.lead_id
JOIN incidents_incident i ON i.organisation_id = m.organisation_id AND 'INC-' || i.number = m.record
"""
# Which deeds are told of, and how.
TELLS = {
    "reported": "incident_reported",
    "replied": "incident_replied",
    "resolved": "incident_resolved",
    "closed": "incident_closed",
    "confirmed": "incident_closed",
}
DUE_BY_TICK = ("tick",)
DUE_BY_BEAT = ("worker", "beat", "broker")


@dataclass
class Reader:
    """Reads a run's folder, and its database past the wall."""

    home: Path
    url: str

    def open(self) -> int | None:
        """How much is still to be done; None while nobody answers."""
        try:
            return int(self._rows(OPEN)[0][0])
        except psycopg.OperationalError:
            return None

    def counts(self) -> list[Count]:
        """The lines of the table."""
        away = self.away()
        answered = {told["key"] for told in self._load("answered")}
        asked = {told["key"] for told in self._load("asked")}
        deeds = [Promise(key, surely=key in answered) for key in sorted(asked)]
        happened = [Event(key, at) for key, at in self._rows(DEEDS)]
        done = {event.key.rpartition(":")[::2] for event in happened}
        letters = [Promise(f"{story}:{TELLS[step]}") for story, step in sorted(done) if step in TELLS]
        rows = self._rows(LETTERS)
        written = [Event(key, at) for key, _id, at in rows]
        # What came in a burst is one mail, due when its last letter was written.
        due = {mail: at for _key, mail, at in sorted(rows, key=lambda row: row[2])}
        mails = [Promise(mail, at) for mail, at in due.items()]
        return [
            count("deeds on the trail", deeds, happened),
            count("letters in the outbox", letters, written),
            count("mails at the server", mails, self._kept(), away),
        ]

    def away(self) -> list[Span]:
        """When PostgreSQL or every claimer was down: `tick`, and the worker whom beat wakes through the broker."""
        downs = self.downs()
        tick = joined(span for name in DUE_BY_TICK for span in downs.get(name, []))
        beat = joined(span for name in DUE_BY_BEAT for span in downs.get(name, []))
        return joined([*downs.get("postgres", []), *common(tick, beat)])

    def downs(self) -> dict[str, list[Span]]:
        """When each part was down."""
        result: dict[str, list[Span]] = {}
        since: dict[str, float] = {}
        for told in read(self.home / "faults.jsonl", "down", "up"):
            name = told["name"]
            if told["what"] == "down":
                since.setdefault(name, told["t"])
            elif name in since:
                result.setdefault(name, []).append((since.pop(name), told["t"]))
        for name, begins in since.items():
            result.setdefault(name, []).append((begins, float("inf")))
        return result

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

    def _load(self, what: str) -> Iterator[dict[str, Any]]:
        return read(self.home / "load.jsonl", what)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.url, connect_timeout=5)) as connection:
            return connection.execute(sql).fetchall()
