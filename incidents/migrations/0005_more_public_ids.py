"""Ids by which more rows are named outside the house: what is listed in the desk.

PostgreSQL fills the rows that are there: the default is worked out for each of them, behind the wall that hides
them from any query of ours; and what knows nothing of the column can still write.
"""

import uuid

import django.contrib.postgres.functions
from django.db import migrations, models

MODELS = ("deskrules",)


def _named(model: str) -> list[migrations.operations.base.Operation]:
    column = models.UUIDField(
        default=uuid.uuid4, db_default=django.contrib.postgres.functions.RandomUUID(), editable=False
    )
    unique = models.UniqueConstraint(fields=["organisation", "public_id"], name=f"incidents_{model}_public_id")
    return [migrations.AddField(model, "public_id", column), migrations.AddConstraint(model, unique)]


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_public_ids")]
    operations = [operation for model in MODELS for operation in _named(model)]
