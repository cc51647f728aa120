"""What waits in a bundle, until when it is shut, and what is carried, by indexes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

INDEXES = (
    models.Index(
        condition=Q(("state", "pending"), ~Q(("bundle", ""))),
        fields=["organisation", "bundle"],
        name="notifications_outbox_waiting",
    ),
    models.Index(
        condition=Q(("shut_until__isnull", False)),
        fields=["organisation", "bundle", "shut_until"],
        name="notifications_outbox_shut",
    ),
    models.Index(
        condition=Q(("lead__isnull", False)), fields=["organisation", "lead"], name="notifications_outbox_led"
    ),
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0005_bundles")]
    operations = [AddIndexConcurrently("outboxmessage", index) for index in INDEXES]
