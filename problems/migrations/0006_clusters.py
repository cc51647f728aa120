import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models

ORGANISATIONS = """
CREATE FUNCTION organisations_with_due_scans() RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    -- an organisation that was never searched has no row yet
    RETURN QUERY
    SELECT o.id
    FROM public.tenancy_organisation o
    LEFT JOIN public.problems_scan s ON s.organisation_id = o.id
    WHERE o.is_active
    AND (s.id IS NULL OR s.due_at <= instant AND (s.retry_at IS NULL OR s.retry_at <= instant))
    ORDER BY s.due_at NULLS FIRST;
END
$$;
REVOKE ALL ON FUNCTION organisations_with_due_scans() FROM PUBLIC;
"""
FIGURES = """
CREATE FUNCTION scan_figures() RETURNS TABLE (due bigint, oldest double precision, failing bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    instant CONSTANT timestamptz := clock_timestamp();
BEGIN
    RETURN QUERY
    SELECT
        count(*),
        coalesce(extract(epoch FROM instant - min(s.due_at)), 0)::double precision,
        count(*) FILTER (WHERE s.attempts > 2)
    FROM public.problems_scan s
    JOIN public.tenancy_organisation o ON o.id = s.organisation_id AND o.is_active
    WHERE s.due_at <= instant;
END
$$;
REVOKE ALL ON FUNCTION scan_figures() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0018_cluster_rules"),
        ("problems", "0005_analysis"),
        ("tenancy", "0010_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Cluster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("key", models.CharField(max_length=140)),
                (
                    "kind",
                    models.CharField(
                        choices=[("code", "error code"), ("category", "category"), ("word", "words")],
                        max_length=10,
                        verbose_name="what they share",
                    ),
                ),
                ("value", models.CharField(max_length=100)),
                ("reasons", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("raised", "Problem raised"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("first_seen", models.DateTimeField()),
                ("last_seen", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("usual", models.FloatField()),
                ("people", models.PositiveIntegerField()),
                ("dismissed_at", models.DateTimeField(null=True)),
                ("dismissed_count", models.PositiveIntegerField(default=0)),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                (
                    "category",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.category",
                    ),
                ),
                (
                    "dismissed_by",
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
                    "problem",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="problems.problem",
                    ),
                ),
                (
                    "service",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "verbose_name": "cluster",
                "verbose_name_plural": "clusters",
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["organisation", "state", "last_seen"], name="problems_clusters")],
                "constraints": [
                    tenancy.wall.constraints.Walled(name="problems_cluster_wall"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="problems_cluster_in_organisation"),
                    tenancy.wall.constraints.CompositeKey(
                        column="service_id", name="problems_cluster_service_key", table="incidents_service"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="category_id", name="problems_cluster_category_key", table="incidents_category"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="problem_id", name="problems_cluster_problem_key", table="problems_problem"
                    ),
                    tenancy.wall.constraints.CompositeKey(
                        column="dismissed_by_id", name="problems_cluster_dismissed_by_key", table="tenancy_membership"
                    ),
                    models.UniqueConstraint(fields=("organisation", "public_id"), name="problems_cluster_public_id"),
                    models.UniqueConstraint(fields=("organisation", "key"), name="problems_cluster_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Scan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scanned_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("retry_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("last_error", models.CharField(blank=True, max_length=500, verbose_name="last error")),
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
                "verbose_name": "search for clusters",
                "verbose_name_plural": "searches for clusters",
                "ordering": ["due_at", "id"],
                "abstract": False,
                "base_manager_name": "objects",
                "indexes": [models.Index(fields=["due_at"], name="problems_scan_due")],
                "constraints": [
                    tenancy.wall.constraints.Walled(name="problems_scan_wall"),
                    models.UniqueConstraint(fields=("organisation", "id"), name="problems_scan_in_organisation"),
                    models.UniqueConstraint(fields=("organisation",), name="problems_scan_once"),
                ],
            },
        ),
        migrations.RunSQL(ORGANISATIONS, "DROP FUNCTION organisations_with_due_scans()"),
        migrations.RunSQL(FIGURES, "DROP FUNCTION scan_figures()"),
    ]
