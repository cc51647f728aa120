"""Deadlines that are all due in the same second: laid out by sets, then fired by the product and by a bare loop.

Each is an incident at work with one clock that has been told of all levels but the last. The bare loop claims in the
same batches, organisation by organisation, and inserts the same two rows.
"""

import time
from typing import Any

from django.db import connection

from config.bench.filling import clear as _clear
from tenancy import engine
from tenancy.wall import as_owner, bound

Order = dict[str, Any]
Answer = dict[str, Any]

# The clocks count round the clock, so that it does not matter when it is measured.
LAY = """
WITH place AS (
    SELECT
        (SELECT min(id) FROM tenancy_membership WHERE organisation_id = %(id)s) AS reporter,
        (SELECT min(membership_id) FROM tenancy_rolegrant WHERE organisation_id = %(id)s) AS agent,
        (SELECT id FROM incidents_service WHERE organisation_id = %(id)s LIMIT 1) AS service,
        (SELECT id FROM incidents_policyedition WHERE organisation_id = %(id)s LIMIT 1) AS edition,
        (SELECT max(number) FROM incidents_incident WHERE organisation_id = %(id)s) AS last,
        to_timestamp(%(at)s) AS at
), incident AS (
    INSERT INTO incidents_incident (organisation_id, number, title, description, error_code, occurred_at,
        occurred_roughly, reported_at, updated_at, reporter_id, logged_by_id, source, source_reference, status,
        hold_reason, assignee_id, due_at, escalation_level, restricted, service_id, impact, urgency, severity, risk,
        priority, priority_overridden, resolution_code, resolution_note, tested_how, root_cause, reopened_count,
        ending, retested_how, rating_word)
    SELECT %(id)s, last + g, 'The VPN does not start', 'I tried it twice.', '', at - interval '4 hours', false,
        at - interval '4 hours', at - interval '4 hours', reporter, reporter, 'portal', '', 'in_progress', '', agent,
        at, 0, false, service, 'person', 'medium', '', 'low', 'P3', false, '', '', '', '', 0, '', '', ''
    FROM place, generate_series(1, %(count)s) g RETURNING id, reported_at, due_at
), clock AS (
    INSERT INTO incidents_clock (organisation_id, incident_id, measure, policy_edition_id, calendar_edition_id, target,
        state, started_at, turned_at, used, due_at, ended_at, is_late, warned, next_at)
    SELECT %(id)s, incident.id, 'resolution', edition, NULL, 240, 'runs', reported_at, reported_at, interval '0',
        due_at, NULL, false, 75, due_at
    FROM incident, place
)
INSERT INTO incidents_timer (organisation_id, incident_id, due_at, attempts, last_error)
SELECT %(id)s, id, due_at, 0, '' FROM incident
"""
CLAIM = """
SELECT t.id, t.incident_id, i.number, m.id, m.name, m.mail
FROM incidents_timer t
JOIN incidents_incident i ON i.id = t.incident_id
JOIN tenancy_membership m ON m.id = i.assignee_id
WHERE t.organisation_id = %s AND t.due_at <= (SELECT clock_timestamp())
ORDER BY t.due_at, t.id LIMIT %s FOR UPDATE OF t SKIP LOCKED
"""
ENTRIES = """
INSERT INTO tenancy_trailentry (organisation_id, kind, at, record, record_id, facts, version)
SELECT %s, 'incident.clock_warned', clock_timestamp(), 'incident', record,
    '{"measure": "resolution", "level": 100}'::jsonb, 1 FROM unnest(%s::bigint[]) AS record RETURNING id
"""
LETTERS = """
INSERT INTO notifications_outboxmessage (organisation_id, dedupe, kind, channel, to_id, name, address, language,
    time_zone, thread, record, facts, forget, bundle, message_id, state, due_at, attempts, last_error)
SELECT %s, 'bare:' || number || ':' || clock_timestamp(), 'incident_clock', 'mail', to_id, name, mail, 'en', 'UTC',
    'incident-' || number, 'INC-' || number, jsonb_build_object('number', number, 'title', 'The VPN does not start',
    'measure', 'resolution', 'level', 100), false, 'record:' || number || ':' || to_id,
    '<' || gen_random_uuid() || '@example>', 'pending', clock_timestamp(), 0, ''
FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[]) AS t(number, to_id, name, mail)
"""
FIRED = """
SELECT
    (SELECT count(*) FROM tenancy_trailentry
        WHERE kind = 'incident.clock_warned' AND at >= to_timestamp(%(at)s)),
    (SELECT count(*) FROM notifications_outboxmessage
        WHERE kind = 'incident_clock' AND created_at >= to_timestamp(%(at)s)),
    (SELECT count(*) FROM incidents_timer WHERE due_at <= clock_timestamp())
"""


def lay(order: Order) -> Answer:
    """Lay out ``count`` deadlines over all organisations, all due at ``at``."""
    with as_owner(), connection.cursor() as cursor:
        organisations = _organisations(cursor)
        each, more = divmod(order["count"], len(organisations))
        for place, organisation_id in enumerate(organisations):
            cursor.execute(LAY, {"id": organisation_id, "count": each + (place < more), "at": order["at"]})
        cursor.execute("ANALYZE incidents_incident, incidents_clock, incidents_timer")
    return {}


def fire(order: Order) -> Answer:
    """Tick until nothing is due any more; say when that was, and how much of it was done here."""
    return _from(order["at"], engine.tick)


def fire_bare(order: Order) -> Answer:
    """Do the bare loop until nothing is due any more."""
    with connection.cursor() as cursor:
        organisations = _organisations(cursor)
    return _from(order["at"], lambda: sum(_bare_batch(one, order["batch"]) for one in organisations))


def _from(at: float, act: Any) -> Answer:
    time.sleep(max(0.0, at - time.time()))
    done, ended = 0, at
    while did := act():
        done, ended = done + did, time.time()
    return {"done": done, "ended": ended}


def _bare_batch(organisation_id: int, batch: int) -> int:
    with bound(organisation_id), connection.cursor() as cursor:
        cursor.execute(CLAIM, [organisation_id, batch])
        rows = cursor.fetchall()
        if rows:
            timers, incidents, *letters = (list(column) for column in zip(*rows, strict=True))
            cursor.execute(ENTRIES, [organisation_id, incidents])
            cursor.execute(LETTERS, [organisation_id, *letters])
            cursor.execute("DELETE FROM incidents_timer WHERE id = ANY(%s)", [timers])
    return len(rows)


def count(order: Order) -> Answer:
    """How many trail entries and letters there are of what was due at ``at``, and what is due still."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(FIRED, order)
        entries, letters, left = cursor.fetchone()
    return {"entries": entries, "letters": letters, "left": left}


def clear(_order: Order) -> Answer:
    """Take it all away."""
    with as_owner():
        _clear()
    return {}


def _organisations(cursor: Any) -> list[int]:
    cursor.execute("SELECT id FROM tenancy_organisation ORDER BY id")
    return [number for (number,) in cursor.fetchall()]
