"""Readings of the links over the wall: which organisations have something to be brought to incidents, and figures."""

from django.db import migrations

ORGANISATIONS = """
CREATE FUNCTION organisations_with_due_links() RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT l.organisation_id
    FROM public.problems_link l
    JOIN public.tenancy_organisation o ON o.id = l.organisation_id AND o.is_active
    WHERE l.due_at <= instant AND (l.retry_at IS NULL OR l.retry_at <= instant)
    GROUP BY l.organisation_id
    ORDER BY min(l.due_at);
END
$$;
REVOKE ALL ON FUNCTION organisations_with_due_links() FROM PUBLIC;
"""
FIGURES = """
CREATE FUNCTION link_figures() RETURNS TABLE (due bigint, oldest double precision, failing bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT
        count(*),
        coalesce(extract(epoch FROM instant - min(l.due_at)), 0)::double precision,
        count(*) FILTER (WHERE l.attempts > 2)
    FROM public.problems_link l
    JOIN public.tenancy_organisation o ON o.id = l.organisation_id AND o.is_active
    WHERE l.due_at <= instant;
END
$$;
REVOKE ALL ON FUNCTION link_figures() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0001_initial")]
    operations = [
        migrations.RunSQL(ORGANISATIONS, "DROP FUNCTION organisations_with_due_links()"),
        migrations.RunSQL(FIGURES, "DROP FUNCTION link_figures()"),
    ]
