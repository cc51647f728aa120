"""The worker process; it carries wake-up calls only, PostgreSQL holds every promise."""

import os

from celery import Celery

from config.logs import catch_the_rest, tasks

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

app = Celery("stillwater")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["incidents", "notifications", "problems", "tenancy"])
tasks.connect()
catch_the_rest()
