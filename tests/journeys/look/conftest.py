"""One street for the tests of a module."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.journeys.house import House
from tests.journeys.look.street import Street, open_street


@pytest.fixture(scope="module")
def street(house: House, chromium: Browser, django_db_setup: None, django_db_blocker: Any) -> Iterator[Street]:
    """Everybody and everything of the access matrix, for as long as the module's tests look at it."""
    with django_db_blocker.unblock(), open_street(house, chromium) as opened:
        yield opened
