"""Messages that go out as one."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models

STATES = [
    ("pending", "Waiting"),
    ("sending", "Being sent"),
    ("carried", "In another message"),
    ("sent", "Sent"),
    ("failed", "Failed"),
]
LEAD = tenancy.wall.models.TenantForeignKey(
    db_constraint=False,
    db_index=False,
    null=True,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="notifications.outboxmessage",
    verbose_name="sent in",
)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_public_ids")]
    operations = [
        migrations.AddField(
            "outboxmessage", "bundle", models.CharField(blank=True, db_default="", default="", max_length=80)
        ),
        migrations.AddField("outboxmessage", "urgent", models.BooleanField(db_default=False, default=False)),
        migrations.AddField("outboxmessage", "lead", LEAD),
        migrations.AddField("outboxmessage", "shut_until", models.DateTimeField(null=True)),
        migrations.AddField("outboxmessage", "turn", models.PositiveSmallIntegerField(db_default=0, default=0)),
        migrations.AlterField(
            "outboxmessage",
            "state",
            models.CharField(choices=STATES, default="pending", max_length=10, verbose_name="state"),
        ),
        migrations.AddConstraint(
            "outboxmessage",
            tenancy.wall.constraints.CompositeKey(
                column="lead_id", name="notifications_outboxmessage_lead_key", table="notifications_outboxmessage"
            ),
        ),
    ]
