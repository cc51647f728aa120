"""Figures of the outbox over the wall: how many and how old, nothing of whose."""

from django.db import migrations

OUTBOX_FIGURES = """
CREATE FUNCTION outbox_figures() RETURNS TABLE (
    waiting bigint, due bigint, oldest_due double precision, untried double precision, failed bigint
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT
        count(*) FILTER (WHERE m.state <> 'failed'),
        count(*) FILTER (WHERE m.is_due),
        coalesce(extract(epoch FROM (SELECT clock_timestamp()) - min(m.due_at) FILTER (WHERE m.is_due)), 0),
        coalesce(extract(epoch FROM (SELECT clock_timestamp())
            - min(m.due_at) FILTER (WHERE m.is_due AND m.attempts = 0 AND m.last_error = '')), 0),
        count(*) FILTER (WHERE m.state = 'failed')
    FROM (
        SELECT o.state, o.due_at, o.attempts, o.last_error, o.state IN ('pending', 'sending')
            AND o.due_at <= (SELECT clock_timestamp())
            AND (o.lease_until IS NULL OR o.lease_until <= (SELECT clock_timestamp())) AS is_due
        FROM public.notifications_outboxmessage o
        JOIN public.tenancy_organisation home ON home.id = o.organisation_id AND home.is_active
        WHERE o.state IN ('pending', 'sending', 'failed')
    ) m
$$;
REVOKE ALL ON FUNCTION outbox_figures() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0002_functions")]
    operations = [migrations.RunSQL(OUTBOX_FIGURES, "DROP FUNCTION outbox_figures()")]
