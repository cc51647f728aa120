"""Articles for words with typing errors in them, for when the search by words finds none.

It looks at titles, summaries and error codes, which everybody may read who may read the article. Each word is looked up
by its trigrams, and only what has half of them is compared.
"""

from django.db import migrations

LIKE = r"""
CREATE FUNCTION articles_like(query text, public_only boolean, most integer)
RETURNS TABLE (article_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET client_min_messages = warning
SET pg_trgm.word_similarity_threshold = 0.4 AS $$
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
        SELECT a.id, (
            SELECT sum(trigrams.word_similarity(word, a.title || ' ' || a.summary || ' ' || a.error_code))
            FROM unnest(terms) AS word
        )::double precision / cardinality(terms)
        FROM (
            SELECT one.id, count(*) AS hits
            FROM unnest(terms) AS word, LATERAL (
                SELECT b.id FROM public.problems_article b
                WHERE b.organisation_id = current_setting('app.organisation_id')::bigint
                AND word OPERATOR(trigrams.<%) (b.title || ' ' || b.summary || ' ' || b.error_code)
                AND (NOT public_only OR b.audience = 'public' AND b.state = 'published')
            ) one
            GROUP BY one.id HAVING count(*) * 2 >= cardinality(terms)
            ORDER BY hits DESC, one.id DESC LIMIT 200
        ) likely
        JOIN public.problems_article a ON a.id = likely.id
        ORDER BY 2 DESC, 1 DESC LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION articles_like(text, boolean, integer) FROM PUBLIC;
"""


INDEX = """
CREATE INDEX problems_article_like ON problems_article
USING gin ((title || ' ' || summary || ' ' || error_code) trigrams.gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0019_trigrams"), ("problems", "0006_clusters")]
    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX problems_article_like"),
        migrations.RunSQL(LIKE, "DROP FUNCTION articles_like(text, boolean, integer)"),
    ]
