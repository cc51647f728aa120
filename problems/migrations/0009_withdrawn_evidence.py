"""Evidence that was taken back: the row itself is never changed."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models


class Migration(migrations.Migration):
    dependencies = [
        ("problems", "0008_files"),
        ("tenancy", "0010_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField()),
                (
                    "by",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "evidence",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawals",
                        to="problems.evidence",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        default=tenancy.wall.models.bound_organisation_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "withdrawal of evidence",
                "verbose_name_plural": "withdrawals of evidence",
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    tenancy.wall.constraints.Walled(name="problems_withdrawal_wall"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="problems_withdrawal_in_organisation"),
                    tenancy.wall.constraints.CompositeKey(
                        column="evidence_id", name="problems_withdrawal_evidence_key", table="problems_evidence"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="by_id", name="problems_withdrawal_by_key", table="tenancy_membership"
                    ),
                    models.UniqueConstraint(fields=("organisation", "evidence"), name="problems_withdrawal_once"),
                ],
            },
        ),
    ]
