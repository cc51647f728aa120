"""One street for the tests of a module."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.look.street import Street, open_street


@pytest.fixture(scope="module")
def street(house: House, chromium: Browser, django_db_setup: None, django_db_blocker: Any) -> Iterator[Street]:
    """Everybody and everything of the access matrix, for as long as the module's tests look at it."""
    folder = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    storages = {**settings.STORAGES, "default": {**folder, "OPTIONS": {"location": house.logs.parent / "files"}}}
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), open_street(house, chromium) as opened:
        yield opened
