"""A source's reference leads to what isn't over, and to nobody else's; made and taken away while people work."""

from django.db import migrations, models

BEFORE = "incidents_incident_source_reference"
NOW = "incidents_incident_reference_of_unfinished"
FINAL = ["cancelled", "closed"]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("incidents", "0006_by_change")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    f'CREATE UNIQUE INDEX CONCURRENTLY "{NOW}" ON "incidents_incident" '
                    '("organisation_id", "logged_by_id", "source", "source_reference") '
                    "WHERE (NOT (\"source_reference\" = '') AND NOT (\"status\" IN ('cancelled', 'closed')))",
                    f'DROP INDEX CONCURRENTLY IF EXISTS "{NOW}"',
                ),
            ],
            [
                migrations.AddConstraint(
                    "incident",
                    models.UniqueConstraint(
                        fields=["organisation", "logged_by", "source", "source_reference"],
                        condition=~models.Q(source_reference="") & ~models.Q(status__in=FINAL),
                        name=NOW,
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(f'DROP INDEX CONCURRENTLY IF EXISTS "{BEFORE}"', migrations.RunSQL.noop)],
            [migrations.RemoveConstraint("incident", BEFORE)],
        ),
    ]
