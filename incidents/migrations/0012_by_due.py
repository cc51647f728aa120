"""The queue by what is due first, made while people work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("incidents", "0011_first_due")]
    operations = [
        AddIndexConcurrently(
            "incident",
            models.Index(
                condition=models.Q(("due_at__isnull", False)),
                fields=["organisation", "due_at", "id"],
                name="incidents_by_due",
            ),
        )
    ]
