"""Articles for words with typing errors in them, for when the search by words finds none.

It looks at titles, summaries and error codes, which everybody may read who may read the article. An organisation has
some thousands of articles at most: the organisation's own are read, without an index.
"""

from django.db import migrations

LIKE = r"""
CREATE FUNCTION articles_like(query text, public_only boolean, most integer)
RETURNS TABLE (article_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET client_min_messages = warning AS $$
DECLARE
    terms text[];
BEGIN
    terms := ARRAY(
        SELECT word FROM unnest(tsvector_to_array(to_tsvector('simple', left(query, 500)))) AS word
        WHERE length(word) > 3
        AND numnode(plainto_tsquery('english', word)) > 0 AND numnode(plainto_tsquery('german', word)) > 0
        ORDER BY length(word) DESC, word LIMIT 8
    );
    IF cardinality(terms) = 0 THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT found.id, found.likeness / cardinality(terms)
        FROM (
            SELECT a.id, (
                SELECT count(*) FILTER (WHERE one.likeness >= 0.4) FROM (
                    SELECT trigrams.word_similarity(term, a.title || ' ' || a.summary || ' ' || a.error_code) AS likeness
                    FROM unnest(terms) AS term
                ) one
            ) AS hits, (
                SELECT sum(trigrams.word_similarity(term, a.title || ' ' || a.summary || ' ' || a.error_code))
                FROM unnest(terms) AS term
            )::double precision AS likeness
            FROM public.problems_article a
            WHERE a.organisation_id = current_setting('app.organisation_id')::bigint
            AND (NOT public_only OR a.audience = 'public' AND a.state = 'published')
        ) found
        WHERE found.hits * 2 >= cardinality(terms)
        ORDER BY 2 DESC, 1 DESC LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION articles_like(text, boolean, integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0019_trigrams"), ("problems", "0006_clusters")]
    operations = [migrations.RunSQL(LIKE, "DROP FUNCTION articles_like(text, boolean, integer)")]
