"""The one reading of memberships over the wall: in which organisations a person may sign in."""

from django.db import migrations

ORGANISATIONS_OF = """
CREATE FUNCTION organisations_of(person bigint) RETURNS TABLE (name text, host text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT o.name::text, h.name::text, ARRAY(
        SELECT DISTINCT g.role::text FROM public.tenancy_rolegrant g
        WHERE g.organisation_id = m.organisation_id AND g.membership_id = m.id ORDER BY 1
    )
    FROM public.tenancy_membership m
    JOIN public.tenancy_organisation o ON o.id = m.organisation_id AND o.is_active
    JOIN public.tenancy_host h ON h.organisation_id = o.id AND h.is_canonical
    WHERE m.person_id = person AND m.state = 'active'
    ORDER BY lower(o.name)
$$;
REVOKE ALL ON FUNCTION organisations_of(bigint) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]
    operations = [migrations.RunSQL(ORGANISATIONS_OF, "DROP FUNCTION organisations_of(bigint)")]
