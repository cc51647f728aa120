"""Files of problems, kept as those of incidents are; they are evidence, too."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import problems.models.files
import tenancy.wall.constraints
import tenancy.wall.models


class Migration(migrations.Migration):
    dependencies = [
        ("problems", "0007_articles_like"),
        ("tenancy", "0010_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("name", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("sha256", models.CharField(max_length=64)),
                (
                    "scan",
                    models.CharField(
                        choices=[("not_scanned", "Not scanned"), ("clean", "Clean"), ("infected", "Infected")],
                        default="not_scanned",
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("file", models.FileField(max_length=120, upload_to=problems.models.files.storage_name)),
                (
                    "note",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="problems.note",
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
                    "problem",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="problems.problem",
                    ),
                ),
                (
                    "uploaded_by",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "problem", "id"], name="problems_files")],
                "constraints": [
                    tenancy.wall.constraints.Walled(name="problems_file_wall"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="problems_file_in_organisation"),
                    tenancy.wall.constraints.CompositeKey(
                        column="problem_id", name="problems_file_problem_key", table="problems_problem"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="note_id", name="problems_file_note_key", table="problems_note"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="uploaded_by_id", name="problems_file_uploaded_by_key", table="tenancy_membership"
                    ),
                    models.UniqueConstraint(fields=("organisation", "uuid"), name="problems_file_uuid"),
                    models.CheckConstraint(
                        condition=models.Q(("note", None), ("problem__isnull", False), _connector="OR"),
                        name="problems_file_note_of_problem",
                    ),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="evidence", name="problems_evidence_is_there"),
        migrations.AddField(
            model_name="evidence",
            name="file",
            field=tenancy.wall.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="problems.file",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="file_id", name="problems_evidence_file_key", table="problems_file"
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
                        ("attachment__isnull", False), ("file", None), ("incident__isnull", False), ("kind", "file")
                    ),
                    models.Q(("attachment", None), ("file__isnull", False), ("incident", None), ("kind", "file")),
                    _connector="OR",
                ),
                name="problems_evidence_is_there",
            ),
        ),
    ]
