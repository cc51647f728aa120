"""The one reading of the timers over the wall: which organisations have incidents whose time has come."""

from django.db import migrations

ORGANISATIONS_WITH_DUE_TIMERS = """
CREATE FUNCTION organisations_with_due_timers() RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT t.organisation_id
    FROM public.incidents_timer t
    JOIN public.tenancy_organisation o ON o.id = t.organisation_id AND o.is_active
    WHERE t.due_at <= (SELECT clock_timestamp())
      AND (t.retry_at IS NULL OR t.retry_at <= (SELECT clock_timestamp()))
    GROUP BY t.organisation_id
    ORDER BY min(t.due_at)
$$;
REVOKE ALL ON FUNCTION organisations_with_due_timers() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_promises")]
    operations = [migrations.RunSQL(ORGANISATIONS_WITH_DUE_TIMERS, "DROP FUNCTION organisations_with_due_timers()")]
