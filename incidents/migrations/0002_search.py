"""Full-text search behind the wall.

Text search is not leakproof, so under row-level security its index would go unused; this function filters by the
bound organisation itself and gives the index back. What the asking member may see is still the caller's filter.
"""

from django.db import migrations

WORDS = "to_tsvector('simple', title || ' ' || description || ' ' || error_code)"

SEARCH = r"""
CREATE INDEX incidents_incident_words ON incidents_incident USING gin ((WORDS));
CREATE FUNCTION incidents_matching(query text) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    -- every word may be the beginning of one; a quote inside a word stands doubled
    wanted text := regexp_replace(
        websearch_to_tsquery('simple', query)::text, '''((?:[^'']|'''')+)''', '''\1'':*', 'g'
    );
BEGIN
    IF wanted = '' THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT id FROM public.incidents_incident
        WHERE organisation_id = current_setting('app.organisation_id')::bigint
        AND WORDS @@ wanted::tsquery;
END
$$;
REVOKE ALL ON FUNCTION incidents_matching(text) FROM PUBLIC;
""".replace("WORDS", WORDS)
UNDO = "DROP FUNCTION incidents_matching(text); DROP INDEX incidents_incident_words;"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(SEARCH, UNDO)]
