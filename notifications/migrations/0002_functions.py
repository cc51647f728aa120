"""The one reading of the outbox over the wall: which organisations have mail to be sent now."""

from django.db import migrations

ORGANISATIONS_WITH_DUE_MAIL = """
CREATE FUNCTION organisations_with_due_mail() RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT m.organisation_id
    FROM public.notifications_outboxmessage m
    JOIN public.tenancy_organisation o ON o.id = m.organisation_id AND o.is_active
    WHERE m.state IN ('pending', 'sending')
      AND m.due_at <= (SELECT clock_timestamp())
      AND (m.lease_until IS NULL OR m.lease_until <= (SELECT clock_timestamp()))
    GROUP BY m.organisation_id
    ORDER BY min(m.due_at)
$$;
REVOKE ALL ON FUNCTION organisations_with_due_mail() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunSQL(ORGANISATIONS_WITH_DUE_MAIL, "DROP FUNCTION organisations_with_due_mail()")]
