"""Readings of the timers over the wall: which organisations have problems to be looked at, and figures."""

from django.db import migrations

ORGANISATIONS = """
CREATE FUNCTION organisations_with_due_problems() RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT t.organisation_id
    FROM public.problems_problemtimer t
    JOIN public.tenancy_organisation o ON o.id = t.organisation_id AND o.is_active
    WHERE t.due_at <= instant AND (t.retry_at IS NULL OR t.retry_at <= instant)
    GROUP BY t.organisation_id
    ORDER BY min(t.due_at);
END
$$;
REVOKE ALL ON FUNCTION organisations_with_due_problems() FROM PUBLIC;
"""
FIGURES = """
CREATE FUNCTION problem_timer_figures() RETURNS TABLE (due bigint, oldest double precision, failing bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT
        count(*),
        coalesce(extract(epoch FROM instant - min(t.due_at)), 0)::double precision,
        count(*) FILTER (WHERE t.attempts > 2)
    FROM public.problems_problemtimer t
    JOIN public.tenancy_organisation o ON o.id = t.organisation_id AND o.is_active
    WHERE t.due_at <= instant;
END
$$;
REVOKE ALL ON FUNCTION problem_timer_figures() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0002_due_links")]
    operations = [
        migrations.RunSQL(ORGANISATIONS, "DROP FUNCTION organisations_with_due_problems()"),
        migrations.RunSQL(FIGURES, "DROP FUNCTION problem_timer_figures()"),
    ]
