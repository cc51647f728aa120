"""Who is called when nobody answers, who answered, and what becomes of silence."""

import uuid

import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0012_by_due"),
        ("tenancy", "0009_calendars"),
    ]

    operations = [
        migrations.CreateModel(
            name="EscalationPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "priority",
                    models.CharField(
                        blank=True,
                        choices=[("P1", "P1"), ("P2", "P2"), ("P3", "P3"), ("P4", "P4"), ("P5", "P5")],
                        max_length=2,
                        verbose_name="priority",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
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
                    "service",
                    tenancy.wall.models.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.service",
                        verbose_name="service",
                    ),
                ),
            ],
            options={
                "verbose_name": "escalation",
                "verbose_name_plural": "escalations",
                "ordering": ["name"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="EscalationEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("takes_effect_at", models.DateTimeField(verbose_name="in effect from")),
                ("steps", models.JSONField(default=list, verbose_name="steps")),
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
                    "policy",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="editions",
                        to="incidents.escalationpolicy",
                    ),
                ),
            ],
            options={
                "verbose_name": "edition of an escalation",
                "verbose_name_plural": "editions of escalations",
                "ordering": ["takes_effect_at", "id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveSmallIntegerField(default=1)),
                ("started_at", models.DateTimeField()),
                ("fired", models.JSONField(default=list)),
                ("next_at", models.DateTimeField(null=True)),
                ("is_over", models.BooleanField(default=False)),
                (
                    "incident",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="escalations",
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
                    "edition",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.escalationedition",
                    ),
                ),
            ],
            options={
                "verbose_name": "course of an escalation",
                "verbose_name_plural": "courses of escalations",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="deskrules",
            name="reminder_days",
            field=models.PositiveSmallIntegerField(
                db_default=2,
                default=2,
                help_text="Of a question that waits for an answer, and of a solution that waits to be confirmed.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(30)],
                verbose_name="business days until a reminder",
            ),
        ),
        migrations.AddField(
            model_name="deskrules",
            name="silence_days",
            field=models.PositiveSmallIntegerField(
                db_default=5,
                default=5,
                help_text="After a solution that nobody answers; the mail says the date.",
                validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(60)],
                verbose_name="business days until silence closes",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="acknowledged_at",
            field=models.DateTimeField(null=True, verbose_name="acknowledged"),
        ),
        migrations.AddField(
            model_name="incident",
            name="acknowledged_by",
            field=tenancy.wall.models.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="closes_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="escalation_alarm",
            field=models.CharField(
                blank=True,
                choices=[("told_nobody", "Nobody could be told"), ("unanswered", "Nobody answered")],
                db_default="",
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="major_proposed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="acknowledged_by_id", name="incidents_incident_acknowledged_by_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=tenancy.wall.constraints.Walled(name="incidents_escalationpolicy_wall"),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="incidents_escalationpolicy_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="service_id", name="incidents_escalationpolicy_service_key", table="incidents_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=models.UniqueConstraint(
                fields=("organisation", "public_id"), name="incidents_escalationpolicy_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=models.UniqueConstraint(fields=("organisation", "name"), name="incidents_escalationpolicy_name"),
        ),
        migrations.AddConstraint(
            model_name="escalationpolicy",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("organisation", "service", "priority"),
                name="incidents_escalationpolicy_for",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="escalationedition",
            index=models.Index(
                fields=["organisation", "policy", "takes_effect_at"], name="incidents_escalation_effect"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationedition",
            constraint=tenancy.wall.constraints.Walled(name="incidents_escalationedition_wall"),
        ),
        migrations.AddConstraint(
            model_name="escalationedition",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="incidents_escalationedition_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationedition",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="policy_id", name="incidents_escalationedition_policy_key", table="incidents_escalationpolicy"
            ),
        ),
        # Last, so that they are taken away first on the way back.
        migrations.AddConstraint(
            model_name="escalation",
            constraint=tenancy.wall.constraints.Walled(name="incidents_escalation_wall"),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="incidents_escalation_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="incident_id", name="incidents_escalation_incident_key", table="incidents_incident"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="edition_id", name="incidents_escalation_edition_key", table="incidents_escalationedition"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(
                fields=("organisation", "incident", "generation"), name="incidents_escalation_once"
            ),
        ),
    ]
