"""Why it happens: statements that form a tree, and the evidence that each stands on."""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0017_problem_rules"),
        ("problems", "0004_knowledge"),
        ("tenancy", "0010_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("text", models.TextField(verbose_name="statement")),
                (
                    "branch",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("people", "People"),
                            ("process", "Process"),
                            ("technology", "Technology"),
                            ("supplier", "Supplier"),
                            ("environment", "Environment"),
                        ],
                        max_length=12,
                        verbose_name="branch",
                    ),
                ),
                ("happened_at", models.DateTimeField(null=True, verbose_name="happened")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("confirmed", "Confirmed"), ("ruled_out", "Ruled out")],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("said_at", models.DateTimeField(verbose_name="said")),
                ("judged_at", models.DateTimeField(null=True)),
                ("judgement", models.TextField(blank=True, verbose_name="reason")),
                ("is_cause", models.BooleanField(default=False)),
                (
                    "judged_by",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
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
                (
                    "parent",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="problems.statement",
                    ),
                ),
                (
                    "problem",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="problems.problem",
                    ),
                ),
                (
                    "said_by",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                        verbose_name="said by",
                    ),
                ),
                (
                    "source",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.hypothesis",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("incident", "Incident"),
                            ("link", "Link"),
                            ("measurement", "Measurement"),
                            ("file", "File"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="what it shows")),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("value", models.DecimalField(decimal_places=6, max_digits=18, null=True, verbose_name="value")),
                ("unit", models.CharField(blank=True, max_length=40, verbose_name="unit")),
                ("added_at", models.DateTimeField()),
                (
                    "added_by",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "attachment",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.attachment",
                    ),
                ),
                (
                    "incident",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.incident",
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
                (
                    "statement",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="problems.statement",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="problems_statement_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("organisation", "id"), name="problems_evidence_in_organisation"),
        ),
        migrations.AddIndex(
            model_name="statement",
            index=models.Index(fields=["organisation", "problem", "id"], name="problems_statements"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.Walled(name="problems_statement_wall"),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="problem_id", name="problems_statement_problem_key", table="problems_problem"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="parent_id", name="problems_statement_parent_key", table="problems_statement"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="said_by_id", name="problems_statement_said_by_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="judged_by_id", name="problems_statement_judged_by_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="source_id", name="problems_statement_source_key", table="incidents_hypothesis"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                fields=("organisation", "public_id"), name="problems_statement_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source__isnull", False)),
                fields=("organisation", "problem", "source"),
                name="problems_statement_source_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_cause", True)),
                fields=("organisation", "problem"),
                name="problems_statement_one_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_cause", False), ("state", "confirmed"), _connector="OR"),
                name="problems_statement_cause_is_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("parent", None), models.Q(("parent", models.F("id")), _negated=True), _connector="OR"
                ),
                name="problems_statement_not_its_own_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("judged_by", None), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("judged_at__isnull", False),
                        ("judged_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="problems_statement_judged_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["organisation", "statement", "id"], name="problems_evidence_of"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.Walled(name="problems_evidence_wall"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="statement_id", name="problems_evidence_statement_key", table="problems_statement"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="incident_id", name="problems_evidence_incident_key", table="incidents_incident"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="attachment_id", name="problems_evidence_attachment_key", table="incidents_attachment"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="added_by_id", name="problems_evidence_added_by_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                fields=("organisation", "public_id"), name="problems_evidence_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("incident__isnull", False), ("kind", "incident")),
                    models.Q(("kind", "link"), ("url__regex", "^https?://")),
                    models.Q(("kind", "measurement"), ("value__isnull", False)),
                    models.Q(
                        ("attachment__isnull", False),
                        ("incident__isnull", False),
                        ("kind", "file"),
                    ),
                    _connector="OR",
                ),
                name="problems_evidence_is_there",
            ),
        ),
    ]
