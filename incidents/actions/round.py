"""One round: some incidents of one organisation, locked, and what is to be written of all of them together.

Of what is due, or of what somebody does to many at once. What happens in a round is collected and written at its end,
each kind of row in one statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from incidents.actions import notices
from incidents.actions.notices import Notice
from incidents.models import Clock, DeskRules, Incident
from incidents.queries import clocks_of_many
from incidents.topics import touched_together
from notifications import live, outbox
from tenancy.members import Member
from tenancy.models import Host, Organisation, TrailEntry
from tenancy.wall import insert_all, update_all


@dataclass
class Round:
    """What is due at ``at``, by the incidents' ids."""

    at: datetime
    incidents: dict[int, Incident]
    actor: Member | None = None
    """Who does it; none: it comes by itself."""
    entries: list[TrailEntry] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    changed: dict[str, set[int]] = field(default_factory=dict)
    turns: list[TrailEntry] = field(default_factory=list)

    @cached_property
    def clocks(self) -> list[Clock]:
        """All their clocks, read once."""
        return clocks_of_many(self.incidents)

    @cached_property
    def host(self) -> Host:
        """The organisation's own, which stands in every letter."""
        return Host.objects.canonical()

    @property
    def organisation(self) -> Organisation:
        """Whose round it is."""
        return self.host.organisation

    @cached_property
    def rules(self) -> DeskRules:
        """The organisation's rules."""
        return DeskRules.objects.select_related("catch_all").first() or DeskRules()

    def change(self, incident: Incident, **values: Any) -> dict[str, list[Any]]:
        """Set what is saved at the round's end; return what changed, as the trail keeps it."""
        changed = {}
        for name, value in values.items():
            before = getattr(incident, name)
            if before != value:
                changed[name] = [told(before), told(value)]
                setattr(incident, name, value)
                self.changed.setdefault(name, set()).add(incident.pk)
        return changed

    def hush(self) -> None:
        """Tell nobody, and leave no word of what changed nothing."""
        self.notices.clear()
        self.entries = [entry for entry in self.entries if entry.facts.get("changed")]

    def happened(
        self,
        kind: str,
        incident: Incident,
        facts: dict[str, Any],
        *,
        event: str = "",
        more: Mapping[str, Any] | None = None,
        **how: Any,
    ) -> TrailEntry:
        """Something happened: for the trail, and for the people whom the ``event`` concerns.

        ``more`` are the public facts that its letters tell; ``how`` is what else a `Notice` takes.
        """
        actor_id = self.actor.id if self.actor else None
        entry = TrailEntry(
            kind=kind, at=self.at, actor_id=actor_id, record="incident", record_id=incident.pk, facts=facts
        )
        self.entries.append(entry)
        if event:
            self.notices.append(Notice(event, entry, incident, actor=self.actor, more=more or {}, **how))
        return entry

    def turned(self, entry: TrailEntry) -> None:
        """This entry lets clocks start, stop or count otherwise: they are set anew once it is written."""
        self.turns.append(entry)

    def write(self) -> None:
        """Write the trail first, as letters are named after its entries."""
        insert_all(self.entries)
        self._save()
        if self.notices:
            outbox.post_all(notices.letters_of(self.notices, self.host), self.host)
        if touched := {entry.record_id for entry in self.entries}:
            live.changed(touched_together(self.incidents[number] for number in touched))

    def _save(self) -> None:
        if rows := set().union(*self.changed.values()):
            for number in rows:
                self.incidents[number].updated_at = self.at
            update_all([self.incidents[number] for number in rows], [*self.changed, "updated_at"])


def told(value: Any) -> Any:
    """A value as the trail keeps it."""
    return value.isoformat() if isinstance(value, datetime) else value
