"""What must still be so when a message is sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_preferences"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxmessage",
            name="still",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="state",
            field=models.CharField(
                choices=[
                    ("pending", "Waiting"),
                    ("sending", "Being sent"),
                    ("carried", "In another message"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("dropped", "No longer needed"),
                ],
                default="pending",
                max_length=10,
                verbose_name="state",
            ),
        ),
    ]
