import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0017_problem_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="deskrules",
            name="cluster_hours",
            field=models.PositiveSmallIntegerField(
                db_default=4,
                default=4,
                help_text="What is reported in so many hours is compared with the same hours of the last four weeks.",
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(24)],
                verbose_name="hours in which incidents make a cluster",
            ),
        ),
        migrations.AddField(
            model_name="deskrules",
            name="cluster_least",
            field=models.PositiveSmallIntegerField(
                db_default=5,
                default=5,
                help_text="Fewer of a kind never do.",
                validators=[
                    django.core.validators.MinValueValidator(2),
                    django.core.validators.MaxValueValidator(1000),
                ],
                verbose_name="incidents that make a cluster",
            ),
        ),
        migrations.AddField(
            model_name="deskrules",
            name="cluster_times",
            field=models.PositiveSmallIntegerField(
                db_default=3,
                default=3,
                help_text="Usual is the median of the last four weeks.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="times as many as usual make a cluster",
            ),
        ),
    ]
