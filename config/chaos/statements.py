"""What is asked of the database in the end, and what an entry of the trail is there."""

from typing import NamedTuple

# What waits for others of its bundle, or for its time, is not behind; what failed and waits to be tried again is.
BEHIND = """
SELECT (SELECT count(*) FROM notifications_outboxmessage
        WHERE state IN ('pending', 'sending') AND (due_at <= clock_timestamp() OR attempts > 0))
     + (SELECT count(*) FROM incidents_timer WHERE due_at <= clock_timestamp())
     + (SELECT count(*) FROM problems_link WHERE due_at <= clock_timestamp())
"""
UNSENT = "SELECT count(*) FROM notifications_outboxmessage WHERE state IN ('pending', 'sending')"
ENTRIES = """
SELECT t.id, i.title, split_part(t.kind, '.', 2), extract(epoch FROM t.at)::float8, o.slug || '.chaos.example',
    coalesce(t.facts->>'measure', concat_ws(':', t.facts->>'generation', t.facts->>'step', t.facts->>'cycle')),
    (t.facts->>'level')::int
FROM tenancy_trailentry t
JOIN incidents_incident i ON i.organisation_id = t.organisation_id AND i.id = t.record_id
JOIN tenancy_organisation o ON o.id = t.organisation_id
WHERE t.record = 'incident' ORDER BY t.id
"""
# Of an entry of the trail, or of what a problem tells on all of its incidents.
LETTERS = """
SELECT CASE WHEN dedupe LIKE 'problem:%:workaround:%' THEN 'problem ' ELSE '' END || split_part(dedupe, ':', 2), address
FROM notifications_outboxmessage
"""
CARRIED = """
SELECT carried.message_id, lead.message_id
FROM notifications_outboxmessage carried JOIN notifications_outboxmessage lead ON lead.id = carried.lead_id
"""
# One mail for each, but for those that go in another's; those that waited for their bundle are not late.
MAILS = """
SELECT message_id, CASE WHEN turn = 0 THEN extract(epoch FROM created_at)::float8 END, state <> 'dropped'
FROM notifications_outboxmessage WHERE lead_id IS NULL
"""
WARNED, ESCALATED = "clock_warned", "escalated"
RESUMED, ADVISED = "resumed", "advised"
DEEDS = frozenset({"reported", "taken", "replied", "resolved", "closed", "confirmed"})
LEVELS = (50, 75, 100)
# Who is told of a deed, if anybody is: the agent who has it; of all others the reporter.
TOLD_AGENT = {"confirmed": "story", WARNED: "watched", ESCALATED: "called", RESUMED: "held"}
TOLD_REPORTER = ("reported", "replied", "resolved", "closed")


class Entry(NamedTuple):
    """An entry of the trail of a run's incident."""

    number: int
    story: str
    step: str
    at: float
    host: str
    which: str
    """Of a warning the promise, of an escalation generation, step and cycle."""
    level: int

    @property
    def told(self) -> str:
        """The address that surely gets a letter about it; empty: nobody."""
        if self.step in TOLD_AGENT:
            return f"agent@{self.host}" if self.story.startswith(TOLD_AGENT[self.step]) else ""
        if self.step in TOLD_REPORTER:
            return f"{self.story}@people.example"
        return ""
