"""Lock up the secrets of second factors that were kept in clear."""

from django.db import migrations

from tenancy.factors import locked_anew


def lock(apps, schema_editor):
    for factor in apps.get_model("mfa", "Authenticator").objects.order_by("pk"):
        factor.data = locked_anew(factor.data)
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0006_kept_answers"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(lock, migrations.RunPython.noop)]
