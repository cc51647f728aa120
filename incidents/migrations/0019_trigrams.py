"""Incidents that are like another one, by an index behind the wall: the letters of titles, and words of the whole text.

Neither is leakproof, so under row-level security no index would be used for it; the function filters by the bound
organisation itself, as `incidents_matching` does. What the asking member may see is still the caller's filter. The
extension has a schema of its own, which the app's role can't look into: it is for this function and the index.
"""

from django.db import migrations

EXTENSION = """
CREATE SCHEMA IF NOT EXISTS trigrams;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA trigrams;
"""
INDEX = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS incidents_incident_trigrams "
    "ON incidents_incident USING gin (title trigrams.gin_trgm_ops)"
)
WORDS = "to_tsvector('simple', title || ' ' || description || ' ' || error_code)"
OWN = "organisation_id + 0 = current_setting('app.organisation_id')::bigint AND status || '' = ANY (stands)"
LIKE = r"""
CREATE OR REPLACE FUNCTION incidents_like(said text, code text, stands text[], most integer)
RETURNS TABLE (incident_id bigint, likeness double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET client_min_messages = warning
SET enable_seqscan = off AS $$
DECLARE
    terms tsquery[];
    pairs tsquery := '';
    of_code tsquery := plainto_tsquery('simple', left(code, 100));
BEGIN
    -- two of its longest words have to be there: a single one stands in very many
    terms := ARRAY(
        SELECT to_tsquery('simple', quote_literal(word))
        FROM unnest(tsvector_to_array(to_tsvector('simple', left(said, 500)))) AS word
        WHERE length(word) > 3 AND word !~ '[\\'']'
        ORDER BY length(word) DESC, word LIMIT 5
    );
    FOR one IN 1 .. cardinality(terms) LOOP
        FOR other IN one + 1 .. cardinality(terms) LOOP
            pairs := pairs || (terms[one] && terms[other]);
        END LOOP;
    END LOOP;
    -- "+ 0" and "|| ''": otherwise PostgreSQL takes an index that begins with the organisation, and reads all that it has
    RETURN QUERY
        WITH near AS (
            SELECT COLUMNS FROM public.incidents_incident WHERE title OPERATOR(trigrams.%) said AND OWN LIMIT 5000
        ), wordy AS (
            SELECT COLUMNS FROM public.incidents_incident WHERE WORDS @@ pairs AND OWN LIMIT 5000
        ), coded AS (
            SELECT COLUMNS FROM public.incidents_incident
            WHERE WORDS @@ of_code AND lower(error_code) = lower(code) AND OWN LIMIT 5000
        )
        SELECT found.id, trigrams.similarity(found.title, said)::double precision
        FROM (SELECT * FROM near UNION SELECT * FROM wordy UNION SELECT * FROM coded) found
        ORDER BY lower(found.error_code) = lower(code) AND code <> '' DESC, 2 DESC, found.id DESC
        LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION incidents_like(text, text, text[], integer) FROM PUBLIC;
"""
LIKE = LIKE.replace("WORDS", WORDS).replace("COLUMNS", "id, title, error_code").replace("OWN", OWN)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("incidents", "0018_cluster_rules")]
    operations = [
        migrations.RunSQL(EXTENSION, "DROP EXTENSION IF EXISTS pg_trgm; DROP SCHEMA IF EXISTS trigrams;"),
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY IF EXISTS incidents_incident_trigrams"),
        migrations.RunSQL(LIKE, "DROP FUNCTION incidents_like(text, text, text[], integer)"),
    ]
