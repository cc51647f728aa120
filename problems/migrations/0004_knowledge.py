"""Articles, and their search behind the wall, by an index.

Text search is not leakproof, so under row-level security its index would go unused; this function filters by the bound
organisation itself. What staff alone may read has words of its own: a search for everybody never looks at them. A word
may be the beginning of one, or be written otherwise (English, German); one that says nothing is not looked for.
"""

import uuid

import django.contrib.postgres.functions
import django.db.models.deletion
from django.db import migrations, models

import tenancy.wall.constraints
import tenancy.wall.models

VECTOR = "to_tsvector('simple', {0}) || to_tsvector('english', {0}) || to_tsvector('german', {0})"


def weighted(text: str, weight: str) -> str:
    return f"setweight({VECTOR.format(text)}, '{weight}')"


COLUMNS = f"""
ALTER TABLE problems_article ADD COLUMN words tsvector GENERATED ALWAYS AS (
    {weighted("title || ' ' || error_code", "A")} || {weighted("summary", "B")}
    || {weighted("workaround", "C")} || {weighted("left(body, 50000)", "D")}
) STORED;
ALTER TABLE problems_article ADD COLUMN inner_words tsvector GENERATED ALWAYS AS (
    {weighted("cause", "D")}
) STORED;
CREATE INDEX problems_article_words ON problems_article USING gin (words);
CREATE INDEX problems_article_inner_words ON problems_article USING gin (inner_words);
"""
SEARCH = r"""
CREATE FUNCTION articles_matching(query text, public_only boolean, most integer)
RETURNS TABLE (article_id bigint, score double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET client_min_messages = warning AS $$
DECLARE
    terms tsquery[];
    wanted tsquery := '';
    term tsquery;
BEGIN
    -- the longest words say most; a third of them has to be there
    terms := ARRAY(
        SELECT to_tsquery('simple', quote_literal(word) || ':*')
            || plainto_tsquery('english', word) || plainto_tsquery('german', word)
        FROM unnest(tsvector_to_array(to_tsvector('simple', left(query, 2000)))) AS word
        WHERE length(word) > 1 AND word !~ '[\\'']'
            AND numnode(plainto_tsquery('english', word)) > 0 AND numnode(plainto_tsquery('german', word)) > 0
        ORDER BY length(word) DESC, word LIMIT 16
    );
    FOREACH term IN ARRAY terms LOOP
        wanted := wanted || term;
    END LOOP;
    IF numnode(wanted) = 0 THEN
        RETURN;
    END IF;
    -- Each word is looked up by itself, which reads the index; only what has most of them is ranked, which reads texts.
    RETURN QUERY
        SELECT a.id, likely.hits / cardinality(terms) + ts_rank(a.words, wanted)::double precision / 10
        FROM (
            SELECT one.id, count(*)::double precision AS hits
            FROM unnest(terms) AS word, LATERAL (
                SELECT b.id FROM public.problems_article b
                WHERE b.organisation_id = current_setting('app.organisation_id')::bigint
                AND (b.words @@ word OR NOT public_only AND b.inner_words @@ word)
                AND (NOT public_only OR b.audience = 'public' AND b.state = 'published')
            ) one
            GROUP BY one.id HAVING count(*) * 3 >= cardinality(terms)
            ORDER BY hits DESC, one.id DESC LIMIT 200
        ) likely
        JOIN public.problems_article a ON a.id = likely.id
        ORDER BY 2 DESC, 1 DESC LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION articles_matching(text, boolean, integer) FROM PUBLIC;
"""
UNDO = """
DROP INDEX problems_article_words; DROP INDEX problems_article_inner_words;
ALTER TABLE problems_article DROP COLUMN words, DROP COLUMN inner_words;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0016_workaround_messages"),
        ("problems", "0003_due_problems"),
        ("tenancy", "0010_refused_addresses"),
    ]

    operations = [
        migrations.CreateModel(
            name="Article",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("summary", models.CharField(blank=True, max_length=300, verbose_name="in one sentence")),
                ("body", models.TextField(blank=True, verbose_name="text")),
                ("workaround", models.TextField(blank=True, verbose_name="workaround")),
                ("cause", models.TextField(blank=True, verbose_name="cause")),
                ("error_code", models.CharField(blank=True, max_length=100, verbose_name="error code")),
                (
                    "audience",
                    models.CharField(
                        choices=[("internal", "Staff only"), ("public", "Everybody")],
                        default="internal",
                        max_length=10,
                        verbose_name="readers",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("edition", models.PositiveIntegerField(default=1)),
                ("review_on", models.DateField(null=True, verbose_name="review on")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                ("updated_at", models.DateTimeField(verbose_name="changed")),
                ("published_at", models.DateTimeField(null=True, verbose_name="published")),
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
                    "owner",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_articles",
                        to="tenancy.membership",
                        verbose_name="owner",
                    ),
                ),
                (
                    "problem",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="articles",
                        to="problems.problem",
                    ),
                ),
            ],
            options={
                "verbose_name": "article",
                "verbose_name_plural": "articles",
                "ordering": ["title", "id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ArticleCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="problems.article",
                    ),
                ),
                (
                    "category",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.category",
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
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="article",
            name="categories",
            field=models.ManyToManyField(
                related_name="articles", through="problems.ArticleCategory", to="incidents.category"
            ),
        ),
        migrations.CreateModel(
            name="ArticleService",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "article",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="problems.article",
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
                    "service",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.service",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="article",
            name="services",
            field=models.ManyToManyField(
                related_name="articles", through="problems.ArticleService", to="incidents.service"
            ),
        ),
        migrations.CreateModel(
            name="MissedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=100)),
                ("count", models.PositiveIntegerField(default=1)),
                ("last_at", models.DateTimeField()),
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
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                ("title", models.CharField(max_length=200)),
                ("summary", models.CharField(blank=True, max_length=300)),
                ("body", models.TextField(blank=True)),
                ("workaround", models.TextField(blank=True)),
                ("cause", models.TextField(blank=True)),
                (
                    "article",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="problems.article",
                    ),
                ),
                (
                    "author",
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
            ],
            options={
                "ordering": ["-edition"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Use",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("reply", "Used in a reply"), ("deflected", "Solved before it was reported")],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "article",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uses",
                        to="problems.article",
                    ),
                ),
                (
                    "incident",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="incidents.incident",
                    ),
                ),
                (
                    "membership",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Vote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("edition", models.PositiveIntegerField()),
                ("helped", models.BooleanField()),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "article",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="problems.article",
                    ),
                ),
                (
                    "membership",
                    tenancy.wall.models.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
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
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddConstraint(
            model_name="articlecategory",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="problems_articlecategory_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleservice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="problems_articleservice_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("organisation", "id"), name="problems_article_in_organisation"),
        ),
        migrations.AddConstraint(
            model_name="missedsearch",
            constraint=models.UniqueConstraint(
                fields=("organisation", "id"), name="problems_missedsearch_in_organisation"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(fields=("organisation", "id"), name="problems_revision_in_organisation"),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=models.UniqueConstraint(fields=("organisation", "id"), name="problems_use_in_organisation"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(fields=("organisation", "id"), name="problems_vote_in_organisation"),
        ),
        migrations.AddConstraint(
            model_name="articlecategory",
            constraint=tenancy.wall.constraints.Walled(name="problems_articlecategory_wall"),
        ),
        migrations.AddConstraint(
            model_name="articlecategory",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="article_id", name="problems_articlecategory_article_key", table="problems_article"
            ),
        ),
        migrations.AddConstraint(
            model_name="articlecategory",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="category_id", name="problems_articlecategory_category_key", table="incidents_category"
            ),
        ),
        migrations.AddConstraint(
            model_name="articlecategory",
            constraint=models.UniqueConstraint(
                fields=("organisation", "article", "category"), name="problems_articlecategory_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleservice",
            constraint=tenancy.wall.constraints.Walled(name="problems_articleservice_wall"),
        ),
        migrations.AddConstraint(
            model_name="articleservice",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="article_id", name="problems_articleservice_article_key", table="problems_article"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleservice",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="service_id", name="problems_articleservice_service_key", table="incidents_service"
            ),
        ),
        migrations.AddConstraint(
            model_name="articleservice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "article", "service"), name="problems_articleservice_once"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["organisation", "state", "audience", "-updated_at", "-id"], name="problems_article_list"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("problem", None), _negated=True),
                fields=["organisation", "problem"],
                name="problems_article_problem",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=tenancy.wall.constraints.Walled(name="problems_article_wall"),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="problem_id", name="problems_article_problem_key", table="problems_problem"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="owner_id", name="problems_article_owner_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.UniqueConstraint(fields=("organisation", "public_id"), name="problems_article_public_id"),
        ),
        migrations.AddIndex(
            model_name="missedsearch",
            index=models.Index(fields=["organisation", "-count", "-last_at"], name="problems_missed_most"),
        ),
        migrations.AddConstraint(
            model_name="missedsearch",
            constraint=tenancy.wall.constraints.Walled(name="problems_missedsearch_wall"),
        ),
        migrations.AddConstraint(
            model_name="missedsearch",
            constraint=models.UniqueConstraint(fields=("organisation", "words"), name="problems_missedsearch_words"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=tenancy.wall.constraints.Walled(name="problems_revision_wall"),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="article_id", name="problems_revision_article_key", table="problems_article"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="author_id", name="problems_revision_author_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("organisation", "article", "edition"), name="problems_revision_edition"
            ),
        ),
        migrations.AddIndex(
            model_name="use",
            index=models.Index(fields=["organisation", "article", "kind"], name="problems_use_of_article"),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=tenancy.wall.constraints.Walled(name="problems_use_wall"),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="article_id", name="problems_use_article_key", table="problems_article"
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="membership_id", name="problems_use_membership_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="use",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="incident_id", name="problems_use_incident_key", table="incidents_incident"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=tenancy.wall.constraints.Walled(name="problems_vote_wall"),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="article_id", name="problems_vote_article_key", table="problems_article"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=tenancy.wall.constraints.CompositeKey(
                column="membership_id", name="problems_vote_membership_key", table="tenancy_membership"
            ),
        ),
        migrations.AddConstraint(
            model_name="vote",
            constraint=models.UniqueConstraint(
                fields=("organisation", "article", "membership"), name="problems_vote_once"
            ),
        ),
        migrations.RunSQL(COLUMNS, UNDO),
        migrations.RunSQL(SEARCH, "DROP FUNCTION articles_matching(text, boolean, integer)"),
    ]
