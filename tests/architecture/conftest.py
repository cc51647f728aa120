"""The dataset that the access matrix and the attacks share, once for a module."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.architecture.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both organisations, full of people and records, with production's addresses; never committed."""
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    folder["OPTIONS"] = {"location": tmp_path_factory.mktemp("files")}
    storages = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}, "default": folder}
    with (
        django_db_blocker.unblock(),
        override_settings(ROOT_URLCONF="config.urls", STORAGES=storages),
        transaction.atomic(),
    ):
        yield build()
        transaction.set_rollback(True)
