"""Figures of the timers over the wall: how many are due, for how long, and how many keep failing; nothing of whose."""

from django.db import migrations

TIMER_FIGURES = """
CREATE FUNCTION timer_figures() RETURNS TABLE (due bigint, oldest double precision, failing bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT
        count(*),
        coalesce(extract(epoch FROM (SELECT clock_timestamp()) - min(t.due_at)), 0),
        count(*) FILTER (WHERE t.attempts > 2)
    FROM public.incidents_timer t
    JOIN public.tenancy_organisation o ON o.id = t.organisation_id AND o.is_active
    WHERE t.due_at <= (SELECT clock_timestamp())
$$;
REVOKE ALL ON FUNCTION timer_figures() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_due_timers")]
    operations = [migrations.RunSQL(TIMER_FIGURES, "DROP FUNCTION timer_figures()")]
