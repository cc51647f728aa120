"""When a reporter is to be reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0013_escalations"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="remind_at",
            field=models.DateTimeField(null=True),
        ),
    ]
