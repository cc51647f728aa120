"""One round of what is due: some incidents of one organisation, locked, and what is to be written of them.

What happens in a round is collected and written at its end, each kind of row in one statement.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from incidents.actions import notices
from incidents.actions.notices import Notice
from incidents.models import Clock, Incident
from incidents.topics import touched_by
from notifications import live, outbox
from tenancy.models import Host, TrailEntry


@dataclass
class Round:
    """What is due at ``at``, by the incidents' ids."""

    at: datetime
    incidents: dict[int, Incident]
    entries: list[TrailEntry] = field(default_factory=list)
    events: list[tuple[TrailEntry, Incident, str]] = field(default_factory=list)

    @cached_property
    def clocks(self) -> list[Clock]:
        """All their clocks, read once."""
        return list(Clock.objects.filter(incident__in=self.incidents.keys()))

    def happened(self, kind: str, incident: Incident, facts: dict[str, Any], *, event: str = "") -> TrailEntry:
        """Something happened by itself: for the trail, and for the people whom the ``event`` concerns."""
        entry = TrailEntry(kind=kind, at=self.at, record="incident", record_id=incident.pk, facts=facts)
        self.entries.append(entry)
        if event:
            self.events.append((entry, incident, event))
        return entry

    def write(self) -> None:
        """Write the trail first, as letters are named after its entries."""
        TrailEntry.objects.bulk_create(self.entries)
        told = [Notice(event, entry, incident, actor=None, more=entry.facts) for entry, incident, event in self.events]
        if told:
            host = Host.objects.canonical()
            outbox.post_all([letter for notice in told for letter in notices.letters(notice, host)], host)
        for incident in self._touched():
            live.changed(touched_by(incident))

    def _touched(self) -> Iterable[Incident]:
        return [self.incidents[number] for number in {entry.record_id for entry in self.entries}]
