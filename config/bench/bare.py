"""Bare views: the same statements in plain SQL, rows out as JSON, and nothing else: what there is to reach."""

import json
from typing import Any
from uuid import uuid4

from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse

from config.bench.watching import noted
from tenancy.wall import bound

REPORTER = (
    "SELECT id, name, mail, language, time_zone, state FROM tenancy_membership "
    "WHERE organisation_id = %(organisation)s AND id = %(reporter)s FOR NO KEY UPDATE"
)
SERVICE = (
    "SELECT id, name, owner_team_id FROM incidents_service "
    "WHERE organisation_id = %(organisation)s AND id = %(service)s"
)
MATRIX = "SELECT matrix FROM incidents_deskrules WHERE organisation_id = %(organisation)s"
NUMBER = (
    "UPDATE incidents_numbercounter SET last_number = last_number + 1 WHERE organisation_id = %(organisation)s "
    "RETURNING last_number"
)
INCIDENT = """
INSERT INTO incidents_incident (organisation_id, number, title, description, error_code, occurred_at, occurred_roughly,
    reported_at, updated_at, reporter_id, logged_by_id, source, source_reference, status, hold_reason, team_id,
    escalation_level, restricted, service_id, impact, urgency, severity, risk, priority, priority_overridden,
    resolution_code, resolution_note, tested_how, root_cause, reopened_count, ending, retested_how, rating_word)
VALUES (%(organisation)s, %(number)s, %(title)s, %(description)s, '', now(), false, now(), now(), %(reporter)s,
    %(reporter)s, 'api', '', 'new', '', %(team)s, 0, false, %(service)s, 'person', 'medium', '', 'low', 'P4', false,
    '', '', '', '', 0, '', '', '') RETURNING id
"""
TRAIL = (
    "INSERT INTO tenancy_trailentry (organisation_id, kind, at, actor_id, record, record_id, facts, version) "
    "VALUES (%(organisation)s, 'incident.reported', now(), %(reporter)s, 'incident', %(incident)s, %(facts)s, 1) "
    "RETURNING id"
)
POLICIES = """
SELECT DISTINCT ON (e.policy_id) e.id, p.service_id, p.type_id, e.targets, (
    SELECT c.id FROM tenancy_calendaredition c
    WHERE c.organisation_id = %(organisation)s AND c.calendar_id = e.calendar_id AND c.takes_effect_at <= now()
    ORDER BY c.takes_effect_at DESC, c.id DESC LIMIT 1)
FROM incidents_policyedition e JOIN incidents_policy p ON p.id = e.policy_id
WHERE e.organisation_id = %(organisation)s AND (p.service_id IS NULL OR p.service_id = %(service)s)
    AND p.type_id IS NULL AND e.takes_effect_at <= now()
ORDER BY e.policy_id, e.takes_effect_at DESC, e.id DESC
"""
CLOCKS = """
INSERT INTO incidents_clock (organisation_id, incident_id, measure, policy_edition_id, calendar_edition_id, target,
    state, started_at, turned_at, used, due_at, ended_at, is_late, warned, next_at)
SELECT %(organisation)s, %(incident)s, measure, %(policy)s, %(calendar)s, 60, 'runs', now(), now(), interval '0',
    now() + interval '1 hour', NULL, false, 0, now() + interval '30 minutes'
FROM unnest(ARRAY['response', 'resolution']) AS measure RETURNING id
"""
ESCALATION = """
SELECT e.id, e.steps FROM incidents_escalationedition e JOIN incidents_escalationpolicy p ON p.id = e.policy_id
WHERE e.organisation_id = %(organisation)s AND (p.service_id IS NULL OR p.service_id = %(service)s)
    AND p.priority IN ('', 'P4') AND p.is_active AND e.takes_effect_at <= now()
ORDER BY p.service_id NULLS LAST, nullif(p.priority, '') NULLS LAST, e.takes_effect_at DESC, e.id DESC LIMIT 1
"""
TIMER = """
INSERT INTO incidents_timer (organisation_id, incident_id, due_at, attempts, last_error)
VALUES (%(organisation)s, %(incident)s, now() + interval '30 minutes', 0, '') RETURNING id
"""
HOST = (
    "SELECT h.name, o.name, o.colour, o.sender_address, o.language, o.time_zone, EXISTS (SELECT "
    "FROM incidents_following WHERE organisation_id = %(organisation)s AND service_id = %(service)s) "
    "FROM tenancy_host h JOIN tenancy_organisation o ON o.id = h.organisation_id "
    "WHERE h.organisation_id = %(organisation)s AND h.is_canonical"
)
OUTBOX = """
INSERT INTO notifications_outboxmessage (organisation_id, dedupe, kind, channel, to_id, name, address, language,
    time_zone, thread, record, facts, forget, message_id, state, due_at, attempts, last_error)
VALUES (%(organisation)s, %(unique)s, 'incident_reported', 'mail', %(reporter)s, 'Ada', 'ada@example.org', 'en', 'UTC',
    %(unique)s, %(unique)s, %(facts)s, false, %(unique)s, 'pending', now(), 0, '') RETURNING id
"""


def replay(request: HttpRequest, page: str, organisation_id: int) -> HttpResponse:
    """Ask what the page's view asked, behind the wall."""
    with bound(organisation_id):
        return _answer([_rows(connections["default"], *statement) for statement in noted[page]])


def replay_open(request: HttpRequest, page: str, organisation_id: int) -> HttpResponse:
    """The same without the wall: as a role that row-level security lets pass, and bound to nothing."""
    with transaction.atomic(using="open"):
        return _answer([_rows(connections["open"], *statement) for statement in noted[page]])


def report(request: HttpRequest, organisation_id: int, reporter_id: int) -> HttpResponse:
    """Write what a report writes: the incident, its number, trail entry, clocks and timer, and the receipt."""
    body = json.loads(request.body)
    facts = {"organisation": organisation_id, "reporter": reporter_id, **body}
    with bound(organisation_id), connections["default"].cursor() as cursor:
        _ask(cursor, REPORTER, facts)
        (_service, _name, facts["team"]) = _ask(cursor, SERVICE, facts)[0]
        _ask(cursor, MATRIX, facts)
        ((facts["number"],),) = _ask(cursor, NUMBER, facts)
        ((facts["incident"],),) = _ask(cursor, INCIDENT, facts)
        facts["facts"] = json.dumps({"number": facts["number"], "status": "new", "source": "api", "title": "A report"})
        _ask(cursor, TRAIL, facts)
        if offers := _ask(cursor, POLICIES, facts):
            facts["policy"], *_whose, facts["calendar"] = offers[0]
            _ask(cursor, CLOCKS, facts)
            _ask(cursor, ESCALATION, facts)
            _ask(cursor, TIMER, facts)
        _ask(cursor, HOST, facts)
        _ask(cursor, OUTBOX, {**facts, "unique": uuid4().hex})
    return _answer({"number": facts["number"], "title": facts["title"], "status": "new"}, status=201)


def _rows(connection: Any, sql: str, params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        return _ask(cursor, sql, params)


def _ask(cursor: Any, sql: str, params: Any) -> list[Any]:
    cursor.execute(sql, params)
    rows: list[Any] = cursor.fetchall()
    return rows


def _answer(facts: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(facts, default=str), content_type="application/json", status=status)
