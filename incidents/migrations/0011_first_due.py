"""When the first of an incident's clocks is due."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_timer_figures")]
    operations = [migrations.AddField("incident", "due_at", models.DateTimeField(null=True, verbose_name="due"))]
