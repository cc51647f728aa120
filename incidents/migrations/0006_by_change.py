"""An index for whoever follows what changes, from change to change."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("incidents", "0005_more_public_ids")]
    operations = [
        AddIndexConcurrently(
            "incident", models.Index(fields=["organisation", "updated_at", "number"], name="incidents_all_by_change")
        ),
    ]
