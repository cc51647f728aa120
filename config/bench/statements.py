"""The SQL that fills an organisation: set by set, with ids and chances made of the row's own number."""

PEOPLE = """
WITH made AS (
    INSERT INTO tenancy_person (email, password, is_active, created_at)
    SELECT 'p' || g || '@' || %(slug)s || '.example', '!', true, now() FROM generate_series(1, %(people)s) g
    ORDER BY g RETURNING id, email
)
INSERT INTO tenancy_membership (organisation_id, person_id, name, mail, phone, department, language, time_zone, state,
    joined_at)
SELECT %(id)s, id,
    (ARRAY['Ada','Ben','Chloe','Dario','Elif','Femi','Greta','Hugo','Ines','Jonas','Kaya'])[1 + id %% 11] || ' ' ||
    (ARRAY['Marsh','Okoro','Winter','Lund','Stone','Brook','Holm','Vale','Sato','Weiss','Ruiz','Dahl','Moor'])
        [1 + id %% 13],
    email, '', (ARRAY['Sales','Care','Works','Finance'])[1 + id %% 4], '', '', 'active', now() - interval '4 years'
FROM made ORDER BY id
"""
TEAMS = """
INSERT INTO tenancy_team (organisation_id, name, description, is_active)
SELECT %(id)s, 'Team ' || g, '', true FROM generate_series(1, %(teams)s) g
"""
AGENTS = """
INSERT INTO tenancy_rolegrant (organisation_id, membership_id, role, team_id)
SELECT %(id)s, %(first_member)s + g, 'agent', NULL FROM generate_series(0, %(agents)s - 1) g
"""
SEATS = """
INSERT INTO tenancy_teamseat (organisation_id, membership_id, team_id)
SELECT %(id)s, %(first_member)s + g, %(first_team)s + g %% %(teams)s FROM generate_series(0, %(agents)s - 1) g
"""
SERVICES = """
INSERT INTO incidents_service (organisation_id, name, description, owner_team_id, criticality, is_active)
SELECT %(id)s, 'Service ' || g, 'What people rely on', %(first_team)s + g %% %(teams)s, 'normal', true
FROM generate_series(1, %(services)s) g
"""
CATEGORIES = """
INSERT INTO incidents_category (organisation_id, parent_id, name, path, is_active)
SELECT %(id)s, NULL, 'Topic ' || g, 'Topic ' || g, true FROM generate_series(1, %(services)s) g
"""
# Three years of reports; of the youngest four in a hundred most are still under way, the older ones are over.
INCIDENTS = """
INSERT INTO incidents_incident (organisation_id, number, title, description, error_code, occurred_at, occurred_roughly,
    reported_at, updated_at, reporter_id, logged_by_id, source, source_reference, status, hold_reason, team_id,
    assignee_id, escalation_level, restricted, type_id, category_id, service_id, classified_at, impact, urgency,
    severity, risk, priority, priority_overridden, resolution_code, resolution_note, tested_how, resolved_by_id,
    resolved_at, root_cause, reopened_count, ending, ended_at, retested_how, rating_word)
SELECT %(id)s, 1000 + g,
    (ARRAY['The label printer','Outlook','The VPN','My telephone','The payroll','A folder'])[1 + a %% 6] || ' ' ||
    (ARRAY['prints empty pages','is slow since this morning','does not start','forgets my settings'])[1 + b %% 4],
    'I tried it twice, restarted, and it is the same again. Screen ' || g || ' shows ' || md5(g::text) || '.',
    CASE WHEN a %% 5 = 0 THEN 'E-' || b %% 900 ELSE '' END, at, false, at, at + interval '1 hour',
    reporter, reporter, 'portal', '', status,
    CASE WHEN status <> 'on_hold' THEN '' WHEN b %% 2 = 0 THEN 'requester' ELSE 'supplier' END,
    %(first_team)s + a %% %(teams)s, CASE WHEN status <> 'new' THEN agent END, 0, b %% 100 = 0,
    %(first_type)s + a %% %(types)s, %(first_category)s + b %% %(services)s, %(first_service)s + a %% %(services)s, at,
    (ARRAY['person','person','person','group','department'])[1 + b %% 5],
    (ARRAY['low','medium','medium','high'])[1 + a %% 4], '', 'low', 'P' || 2 + (a + b) %% 4, false,
    CASE WHEN status IN ('resolved', 'closed') THEN 'fixed' ELSE '' END,
    CASE WHEN status IN ('resolved', 'closed') THEN 'Replaced the cable.' ELSE '' END, '',
    CASE WHEN status IN ('resolved', 'closed') THEN agent END,
    CASE WHEN status IN ('resolved', 'closed') THEN at + interval '1 day' END, '', 0,
    CASE status WHEN 'closed' THEN 'confirmed' WHEN 'cancelled' THEN 'withdrawn' ELSE '' END,
    CASE WHEN status IN ('closed', 'cancelled') THEN at + interval '2 days' END, '', ''
FROM (
    SELECT g, a, b, now() - interval '3 years' * (%(incidents)s - g) / %(incidents)s AS at,
        %(first_member)s + CASE WHEN g %% %(regular)s = 0 THEN %(agents)s ELSE (a + 7 * b) %% %(people)s END
            AS reporter,
        %(first_member)s + b %% %(agents)s AS agent,
        CASE WHEN g <= %(incidents)s * 0.96 THEN CASE WHEN a %% 20 = 0 THEN 'cancelled' ELSE 'closed' END
        ELSE (ARRAY['new','new','in_progress','in_progress','in_progress','in_progress','on_hold','on_hold',
            'resolved','resolved'])[1 + a %% 10] END AS status
    FROM (SELECT g, abs(hashint4(g)::bigint) a, abs(hashint4(g + 1000000)::bigint) b
        FROM generate_series(1, %(incidents)s) g) dice
) chosen ORDER BY g
"""
MESSAGES = """
INSERT INTO incidents_message (organisation_id, incident_id, kind, internal, author_id, from_staff, text, at)
SELECT %(id)s, i.id, (ARRAY['reply','comment','note','reply','comment'])[1 + k %% 5], k %% 5 = 2,
    CASE WHEN k %% 5 IN (1, 4) THEN i.reporter_id ELSE coalesce(i.assignee_id, %(first_member)s) END,
    k %% 5 NOT IN (1, 4), 'Message ' || k || ': could you try it once more and tell us what you see on the screen?',
    i.reported_at + k * interval '10 minutes'
FROM incidents_incident i, generate_series(1, CASE WHEN i.number %% 10 = 0 THEN 10 ELSE 2 END) k
WHERE i.organisation_id = %(id)s ORDER BY i.id, k
"""
TRAIL = """
INSERT INTO tenancy_trailentry (organisation_id, kind, at, actor_id, record, record_id, facts, version)
SELECT %(id)s, kind, at, actor, 'incident', incident, facts, 1 FROM (
    SELECT i.id incident, 0 turn, 'incident.reported' kind, i.reported_at at, i.reporter_id actor,
        jsonb_build_object('number', i.number, 'status', 'new', 'source', i.source, 'reporter_id', i.reporter_id,
            'team_id', i.team_id, 'service_id', i.service_id, 'impact', i.impact, 'urgency', i.urgency,
            'risk', i.risk, 'priority', i.priority, 'occurred_at', i.occurred_at, 'occurred_roughly', false,
            'affected_ids', '[]'::jsonb, 'attachments', '[]'::jsonb) facts
    FROM incidents_incident i WHERE i.organisation_id = %(id)s
    UNION ALL
    SELECT i.id, 1, 'incident.taken', i.reported_at + interval '5 minutes', i.assignee_id,
        jsonb_build_object('changed', jsonb_build_object('status', '["new", "in_progress"]'::jsonb,
            'assignee_id', jsonb_build_array(NULL, i.assignee_id)))
    FROM incidents_incident i WHERE i.organisation_id = %(id)s AND i.assignee_id IS NOT NULL
    UNION ALL
    SELECT m.incident_id, 2, CASE m.kind WHEN 'note' THEN 'incident.noted' WHEN 'reply' THEN 'incident.replied'
        ELSE 'incident.commented' END, m.at, m.author_id,
        jsonb_build_object('message_id', m.id, 'attachments', '[]'::jsonb)
    FROM incidents_message m WHERE m.organisation_id = %(id)s
    UNION ALL
    SELECT i.id, 3, 'incident.resolved', i.resolved_at, i.resolved_by_id,
        jsonb_build_object('changed', jsonb_build_object('status', '["in_progress", "resolved"]'::jsonb))
    FROM incidents_incident i WHERE i.organisation_id = %(id)s AND i.resolved_at IS NOT NULL
    UNION ALL
    SELECT i.id, 4, 'incident.confirmed', i.ended_at, i.reporter_id,
        jsonb_build_object('changed', jsonb_build_object('status', '["resolved", "closed"]'::jsonb))
    FROM incidents_incident i WHERE i.organisation_id = %(id)s AND i.status = 'closed'
) happened ORDER BY incident, turn, at
"""
OUTBOX = """
INSERT INTO notifications_outboxmessage (organisation_id, kind, channel, to_id, name, address, language, time_zone,
    dedupe, thread, record, facts, forget, message_id, due_at, state, attempts, last_error, created_at, sent_at)
SELECT %(id)s, 'incident_reported', 'mail', i.reporter_id, m.name, m.mail, 'en', 'UTC', 'bench:' || i.id,
    'incident-' || i.number, 'INC-' || i.number, jsonb_build_object('number', 'INC-' || i.number, 'title', i.title),
    false, '<bench-' || i.id || '@example>', i.reported_at, 'sent', 1, '', i.reported_at, i.reported_at
FROM incidents_incident i JOIN tenancy_membership m ON m.id = i.reporter_id WHERE i.organisation_id = %(id)s
"""
COUNTER = """
INSERT INTO incidents_numbercounter (organisation_id, last_number) VALUES (%(id)s, 1000 + %(incidents)s)
ON CONFLICT (organisation_id) DO UPDATE SET last_number = excluded.last_number
"""

RECORDS = (INCIDENTS, MESSAGES, TRAIL, OUTBOX, COUNTER)
