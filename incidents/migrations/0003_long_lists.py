"""Indexes for the lists that hold everything: by what burns first, and by age."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_search"),
        ("tenancy", "0002_functions"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                fields=["organisation", "priority", "reported_at", "id"], name="incidents_all_by_priority"
            ),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["organisation", "reported_at", "id"], name="incidents_all_by_age"),
        ),
    ]
